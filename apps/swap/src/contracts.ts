/**
 * Compiles the app's two contracts: Solidity with solc, AssemblyScript with the SDK's compiler, each on a thread of its own. The
 * result is kept in the app's `.cache` under the hash of all that it depends on: only the first start compiles.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildContract } from "@trireme/contract-as";
import { bytesToHex } from "@trireme/core";
import { compileSolidity } from "@trireme/testing";
import type { Hex } from "viem";

/** What is sent to deploy them. */
export interface CompiledContracts {
  /** Init code of the WASM contract. */
  readonly engine: Hex;
  /** Creation code of the pool, without its constructor's arguments. */
  readonly pool: Hex;
}

const app = fileURLToPath(new URL("..", import.meta.url));
const enginePath = join(app, "assembly/stable-swap-engine.ts");
const poolPath = join(app, "contracts/StableSwapPool.sol");
const libraryPath = createRequire(import.meta.url).resolve("@trireme/svm/Svm.sol");

const cache = join(app, ".cache");

/** Where the ABIs are once the contracts are compiled: for `trireme trace --abi`. */
export const abiFiles: readonly string[] = ["StableSwapPool.json", "StableSwapEngine.json"].map((name) => join(cache, name));

/** @throws (rejects) with the compilers' own messages */
export async function compileContracts(): Promise<CompiledContracts> {
  const file = join(cache, `contracts-${hashOfSources()}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as CompiledContracts;
  const { abis, ...compiled } = await compile();
  mkdirSync(cache, { recursive: true });
  for (const [index, path] of abiFiles.entries()) keep(path, abis[index]);
  keep(file, compiled);
  return compiled;
}

/** Another process may compile as well: the file is whole from the beginning. */
function keep(file: string, content: unknown): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(content));
  renameSync(draft, file);
}

async function compile(): Promise<CompiledContracts & { readonly abis: readonly unknown[] }> {
  const imports = { "@trireme/svm/Svm.sol": readFileSync(libraryPath, "utf8") };
  const [engine, pool] = await Promise.all([
    buildContract({ entryPath: enginePath }),
    compileSolidity("StableSwapPool.sol", readFileSync(poolPath, "utf8"), "StableSwapPool", imports),
  ]);
  return { engine: bytesToHex(engine.initCode), pool: pool.bytecode, abis: [pool.abi, engine.abi] };
}

/** Of the contracts, of what they import, and of both compilers. */
function hashOfSources(): string {
  const root = join(app, "../..");
  const sdk = ["packages/contract-as/assembly", "packages/contract-as/src"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .sort()
      .map((name) => join(root, folder, name)),
  );
  const settings = ["pnpm-workspace.yaml", "packages/testing/src/compile-solidity.ts", "packages/testing/src/solc-worker.mjs"];
  const hash = createHash("sha256");
  for (const path of [enginePath, poolPath, libraryPath, ...settings.map((name) => join(root, name)), ...sdk])
    hash.update(`${path.slice(root.length)}\n`).update(readFileSync(path));
  return hash.digest("hex").slice(0, 32);
}
