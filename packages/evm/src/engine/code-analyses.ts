/** Jump destinations and decoded pushes of codes that ran before, so that a contract is analysed once, not per call. */
import type { Session } from "./session.ts";

/** Keeps what the interpreter found out about a code. */
export interface CodeAnalyses {
  analyse(code: Uint8Array, analyse: () => unknown): unknown;
}

/** Codes kept per realm. An analysis takes some 30 bytes per byte of code, 700 KB for the largest contract. */
const CAPACITY = 64;

/** Analyses of one realm. They hold the realm's opcode entries, so they belong to one hardfork. */
export function createCodeAnalyses(session: Session): CodeAnalyses {
  let analyses = new Map<Uint8Array, unknown>();
  let hardfork: string | undefined;
  return {
    analyse(code, analyse) {
      if (hardfork !== session.rules.hardfork) {
        hardfork = session.rules.hardfork;
        analyses = new Map();
      }
      const known = analyses.get(code);
      if (known !== undefined) return known;
      const found = analyse();
      if (analyses.size >= CAPACITY) analyses.delete(analyses.keys().next().value as Uint8Array);
      analyses.set(code, found);
      return found;
    },
  };
}
