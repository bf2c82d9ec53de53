/** The waiting transactions of one sender, in nonce order. */
import type { Transaction } from "@trireme/core";

/** A transaction in the mempool. */
export interface MempoolEntry {
  readonly transaction: Transaction;
  /** Order of arrival: the tie-break between equal tips. */
  readonly arrival: number;
}

/** Entries of one sender by nonce, each nonce once. */
export interface SenderQueue {
  readonly size: number;
  /** All entries, lowest nonce first. */
  readonly entries: readonly MempoolEntry[];
  /** The entry with the highest nonce: the one that can leave without making a gap. */
  readonly last: MempoolEntry | undefined;
  find(nonce: bigint): MempoolEntry | undefined;
  /** Adds, or replaces the entry of the same nonce. */
  set(nonce: bigint, entry: MempoolEntry): void;
  delete(nonce: bigint): void;
  /** Entries below `nonce`, which are removed. */
  takeBelow(nonce: bigint): readonly MempoolEntry[];
  /** How many entries from `nonce` on follow each other without a gap. */
  contiguousFrom(nonce: bigint): number;
}

/** An empty queue. */
export function createSenderQueue(): SenderQueue {
  const nonces: bigint[] = [];
  const entries: MempoolEntry[] = [];
  const lowerBound = (nonce: bigint): number => {
    let low = 0;
    let high = nonces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((nonces[middle] as bigint) < nonce) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    get size() {
      return entries.length;
    },
    get entries() {
      return entries;
    },
    get last() {
      return entries.at(-1);
    },
    find: (nonce) => {
      const index = lowerBound(nonce);
      return nonces[index] === nonce ? entries[index] : undefined;
    },
    set: (nonce, entry) => {
      const index = lowerBound(nonce);
      const isReplacement = nonces[index] === nonce;
      nonces.splice(index, isReplacement ? 1 : 0, nonce);
      entries.splice(index, isReplacement ? 1 : 0, entry);
    },
    delete: (nonce) => {
      const index = lowerBound(nonce);
      if (nonces[index] !== nonce) return;
      nonces.splice(index, 1);
      entries.splice(index, 1);
    },
    takeBelow: (nonce) => {
      const index = lowerBound(nonce);
      nonces.splice(0, index);
      return entries.splice(0, index);
    },
    contiguousFrom: (nonce) => {
      const start = lowerBound(nonce);
      let count = 0;
      while (nonces[start + count] === nonce + BigInt(count)) count++;
      return count;
    },
  };
}
