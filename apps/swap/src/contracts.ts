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

/** @throws (rejects) with the compilers' own messages */
export async function compileContracts(): Promise<CompiledContracts> {
  const folder = join(app, ".cache");
  const file = join(folder, `contracts-${hashOfSources()}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as CompiledContracts;
  const compiled = await compile();
  mkdirSync(folder, { recursive: true });
  // Another process may compile as well: the file is whole from the beginning.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(compiled));
  renameSync(draft, file);
  return compiled;
}

async function compile(): Promise<CompiledContracts> {
  const imports = { "@trireme/svm/Svm.sol": readFileSync(libraryPath, "utf8") };
  const [engine, pool] = await Promise.all([
    buildContract({ entryPath: enginePath }),
    compileSolidity("StableSwapPool.sol", readFileSync(poolPath, "utf8"), "StableSwapPool", imports),
  ]);
  return { engine: bytesToHex(engine.initCode), pool: pool.bytecode };
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
  const hash = createHash("sha256");
  for (const path of [enginePath, poolPath, libraryPath, join(root, "pnpm-workspace.yaml"), ...sdk])
    hash.update(`${path.slice(root.length)}\n`).update(readFileSync(path));
  return hash.digest("hex").slice(0, 32);
}
