// Builds the contracts of the tests once: a build is kept in the temporary folder under the hash of all that it depends on.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildContract, type BuildOptions, type ContractBuild } from "./build/build-contract.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The path of a contract below `assembly/`. */
export function assemblyPath(name: string): string {
  return join(root, "assembly", `${name}.ts`);
}

/** A contract below `assembly/`, built. */
export function builtExample(name: string): Promise<ContractBuild> {
  return built({ entryPath: assemblyPath(name) });
}

/** The build of `options`, from the temporary folder where it is there. */
export async function built(options: BuildOptions): Promise<ContractBuild> {
  const hash = createHash("sha256")
    .update(JSON.stringify(options))
    .update(readFileSync(join(root, "package.json")));
  for (const folder of ["assembly", "src"]) {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).sort();
    for (const name of names) if (/(?<!\.test)\.ts$/.test(name)) hash.update(name).update(readFileSync(join(root, folder, name)));
  }
  const file = join(tmpdir(), `trireme-contract-as-${hash.digest("hex")}.json`);
  try {
    return JSON.parse(readFileSync(file, "utf8"), (key, value: unknown) =>
      ["wasm", "code", "initCode"].includes(key) ? new Uint8Array(Buffer.from(value as string, "base64")) : value,
    ) as ContractBuild;
  } catch {
    const build = await buildContract(options);
    const text = JSON.stringify(build, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    );
    // Another test process may write the same file.
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
    return build;
  }
}
