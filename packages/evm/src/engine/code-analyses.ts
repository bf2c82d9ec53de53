/** Jump destinations and decoded pushes of codes that ran before, so that a contract is analysed once, not per call. */
import type { Hash } from "@trireme/core";

/** Codes kept per realm and hardfork. An analysis takes some 30 bytes per byte of code, 700 KB for the largest contract. */
const CAPACITY = 64;

/** Keeps what the interpreter finds out about a code, by code hash. */
export interface CodeAnalyses {
  of(codeHash: Hash, analyse: () => unknown): unknown;
}

/** Analyses of one realm and hardfork: they hold its opcode entries. */
export function createCodeAnalyses(): CodeAnalyses {
  const analyses = new Map<string, unknown>();
  return {
    of(codeHash, analyse) {
      const key = String.fromCharCode(...codeHash);
      const known = analyses.get(key);
      if (known !== undefined) return known;
      const found = analyse();
      // The oldest goes; what is in use comes back at its next call.
      if (analyses.size >= CAPACITY) analyses.delete(analyses.keys().next().value as string);
      analyses.set(key, found);
      return found;
    },
  };
}
