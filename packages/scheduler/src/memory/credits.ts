/** Credits that add up in any order: an account's key has them beside its versions. */
import type { BlockMemory } from "./block-memory.ts";

/** Credits under a key by the transactions above `since` and below `index`. */
export interface Credits {
  readonly wei: bigint;
  /** A transaction whose credit is an estimate; undefined where none is. */
  readonly estimate: number | undefined;
}

const none: Credits = { wei: 0n, estimate: undefined };

/** Adds credits up. */
export function creditsBetween(memory: BlockMemory, key: number, since: number, index: number): Credits {
  let credit = memory.creditBelow(key, index);
  if (credit === 0) return none;
  let wei = 0n;
  for (; credit !== 0; credit = memory.olderThan(credit)) {
    const transaction = memory.transactionOf(credit);
    if (transaction <= since) break;
    const value = memory.valueAt(credit);
    if (value < 0) return { wei, estimate: transaction };
    if (value !== 0) wei += memory.readCredit(value);
  }
  return { wei, estimate: undefined };
}
