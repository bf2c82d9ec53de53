/** The app's two contracts, compiled: AssemblyScript with the SDK, Solidity with solc. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { buildContract } from "@trireme/contract-as";
import { bytesToHex } from "@trireme/core";
import { compileSolidity } from "@trireme/testing";
import type { Hex } from "viem";

/** What is sent to deploy them. */
export interface CompiledContracts {
  /** Init code of the WASM contract. */
  readonly engine: Hex;
  /** Creation code of the house, without its constructor's arguments. */
  readonly house: Hex;
}

/** @throws (rejects) with the compilers' own messages */
export async function compileContracts(): Promise<CompiledContracts> {
  const library = readFileSync(createRequire(import.meta.url).resolve("@trireme/svm/Svm.sol"), "utf8");
  const source = readFileSync(new URL("../contracts/AuctionHouse.sol", import.meta.url), "utf8");
  const [engine, house] = await Promise.all([
    buildContract({ entryPath: fileURLToPath(new URL("../assembly/clearing-engine.ts", import.meta.url)) }),
    compileSolidity("AuctionHouse.sol", source, "AuctionHouse", { "@trireme/svm/Svm.sol": library }),
  ]);
  return { engine: bytesToHex(engine.initCode), house: house.bytecode };
}
