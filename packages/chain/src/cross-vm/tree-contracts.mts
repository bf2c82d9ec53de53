// The call-tree contracts of the three VMs, compiled: each plays the script in its input.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { buildContract } from "@trireme/contract-as";
import { bytesToHex, hexToBytes } from "@trireme/core";
import { assemble, writeElf } from "@trireme/svm";
import { compileSolidity } from "@trireme/testing";
import { callTreeProgram } from "./call-tree-program.mts";
import { allPubkeys } from "./tree-accounts.mts";

/** Code of the contracts. */
export interface TreeContracts {
  /** As it stands on an account. */
  readonly evm: Uint8Array;
  readonly wasm: Uint8Array;
  readonly elf: Uint8Array;
}

/** Compiles them. They look the accounts' names up in a table that is put into their sources. */
export async function buildTreeContracts(): Promise<TreeContracts> {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
  const library = readFileSync(createRequire(import.meta.url).resolve("@trireme/svm/Svm.sol"), "utf8");
  const solidity = read("contracts/CallTree.sol").replace('hex"00"', `hex"${bytesToHex(allPubkeys).slice(2)}"`);
  const assemblyScript = read("assembly/call-tree.ts").replace("memory.data<u8>([0])", `memory.data<u8>([${allPubkeys.join(", ")}])`);
  const [evm, wasm] = await Promise.all([
    compileSolidity("CallTree.sol", solidity, "CallTree", { "@trireme/svm/Svm.sol": library }),
    buildContract({ source: assemblyScript }),
  ]);
  return { evm: hexToBytes(evm.runtimeBytecode), wasm: wasm.code, elf: writeElf(assemble(callTreeProgram)) };
}
