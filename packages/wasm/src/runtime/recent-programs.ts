/** The programs that ran lately in a transaction: they start like cached ones. */
import { equalBytes, type Hash } from "@trireme/core";
import { keyText, type TransactionPrograms } from "../hostio/transaction-programs.ts";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";

/**
 * Remembers that the program ran, and tells whether it had before (ArbOS 60). Nitro remembers over a block; here it is
 * over a transaction, so that no transaction costs more or less for the ones beside it.
 */
export function rememberProgram(programs: TransactionPrograms, codeHash: Hash, parameters: StylusParameters): boolean {
  if (parameters.arbosVersion < 60) return false;
  const { recent, last } = programs;
  if (last !== undefined && equalBytes(last, codeHash)) return true;
  const key = keyText(codeHash);
  const ranBefore = recent.delete(key);
  recent.add(key);
  if (recent.size > parameters.blockCacheSize) recent.delete(recent.keys().next().value as string);
  programs.last = recent.size === 0 ? undefined : codeHash.slice();
  return ranBefore;
}
