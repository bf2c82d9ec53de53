/** Jump destinations and decoded pushes of codes that ran before, so that a contract is analysed once, not per call. */
import { equalBytes, type Hash } from "@trireme/core";
import type { JumpAnalysis } from "./ethereumjs.ts";

/** Codes kept per realm and hardfork. An analysis takes some 15 bytes per byte of code, 350 KB for the largest contract. */
const CAPACITY = 64;

/** Keeps what the interpreter finds out about a code, by code hash. */
export interface CodeAnalyses {
  of(codeHash: Hash, analyse: () => JumpAnalysis): JumpAnalysis;
}

/** Analyses of one realm and hardfork: they hold its opcode entries. */
export function createCodeAnalyses(): CodeAnalyses {
  const analyses = new Map<number, { readonly codeHash: Uint8Array; readonly found: JumpAnalysis }>();
  return {
    of(codeHash, analyse) {
      // Four bytes tell codes apart; of two that have them in common the later one stays.
      const [a, b, c, d] = [codeHash[0] as number, codeHash[1] as number, codeHash[2] as number, codeHash[3] as number];
      const key = (a << 24) | (b << 16) | (c << 8) | d;
      const known = analyses.get(key);
      if (known !== undefined && equalBytes(known.codeHash, codeHash)) return known.found;
      const found = analyse();
      // The oldest goes; what is in use comes back at its next call.
      if (analyses.size >= CAPACITY) analyses.delete(analyses.keys().next().value as number);
      analyses.set(key, { codeHash: codeHash.slice(), found });
      return found;
    },
  };
}
