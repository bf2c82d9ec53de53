// Builds the contracts of the tests once: a build is kept in the temporary folder under the hash of all that it depends on.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
  if (!existsSync(file) && (await claim(`${file}.lock`, file))) {
    try {
      const build = await buildContract(options);
      const text = JSON.stringify(build, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
      );
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    } finally {
      rmSync(`${file}.lock`);
    }
  }
  return JSON.parse(readFileSync(file, "utf8"), (key, value: unknown) =>
    ["wasm", "code", "initCode"].includes(key) ? new Uint8Array(Buffer.from(value as string, "base64")) : value,
  ) as ContractBuild;
}

/** True for the one process that has to build; false once `file` is there because another one did. */
async function claim(lock: string, file: string): Promise<boolean> {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return true;
    } catch {
      if (existsSync(file)) return false;
      if (isAbandoned(lock)) rmSync(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Whether whoever claimed has ended without building. */
function isAbandoned(lock: string): boolean {
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    if (owner > 0) process.kill(owner, 0);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === "ESRCH";
  }
}
