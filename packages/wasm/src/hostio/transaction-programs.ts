/**
 * What the programs of one transaction share and no revert undoes: pages of memory, programs that ran.
 * Kept by the transaction's context object, which serves one execution.
 */
import type { TransactionContext } from "@trireme/core";
import type { PageCounts } from "../pricing/memory-pages.ts";

/** The programs of one transaction. */
export interface TransactionPrograms {
  /** `open` goes back when a frame ends, however it ends; `ever` never does. */
  pages: PageCounts;
  /** Programs that ran, the last one last: they start like cached ones (ArbOS 60). */
  readonly recent: Set<string>;
  /** Code hash of the last of them. */
  last: Uint8Array | undefined;
  /** Characters that programs printed, on a development chain. */
  printed: number;
}

const transactions = new WeakMap<TransactionContext, TransactionPrograms>();

/** The programs of a transaction: one object from its first program to its end. */
export function programsOf(transaction: TransactionContext): TransactionPrograms {
  const known = transactions.get(transaction);
  if (known !== undefined) return known;
  const made: TransactionPrograms = { pages: { open: 0, ever: 0 }, recent: new Set(), last: undefined, printed: 0 };
  transactions.set(transaction, made);
  return made;
}

/** Bytes as the key of a map. */
export function keyText(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
}
