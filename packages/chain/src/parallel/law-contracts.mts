// The contracts of random blocks, compiled.
import { readFileSync } from "node:fs";
import { hexToBytes } from "@trireme/core";
import { compileSolidityFiles } from "@trireme/testing";
import { buildTreeContracts, type TreeContracts } from "../cross-vm/tree-contracts.mts";

/** Code as it stands on accounts. */
export interface LawContracts {
  readonly token: Uint8Array;
  readonly box: Uint8Array;
  /** Creation code of the token. */
  readonly tokenCreation: Uint8Array;
  /** Of the box's child, whose constructor takes whether it dies and its heir. */
  readonly childCreation: Uint8Array;
  readonly trees: TreeContracts;
}

export async function buildLawContracts(): Promise<LawContracts> {
  const names = ["LawToken.sol", "LawBox.sol"];
  const sources = names.map((name) => [name, readFileSync(new URL(`contracts/${name}`, import.meta.url), "utf8")] as const);
  const [compiled, trees] = await Promise.all([compileSolidityFiles(Object.fromEntries(sources)), buildTreeContracts()]);
  const code = (name: string, part: "bytecode" | "runtimeBytecode"): Uint8Array => hexToBytes(compiled.get(name)?.[part] ?? "0x");
  return {
    token: code("LawToken", "runtimeBytecode"),
    box: code("LawBox", "runtimeBytecode"),
    tokenCreation: code("LawToken", "bytecode"),
    childCreation: code("LawChild", "bytecode"),
    trees,
  };
}
