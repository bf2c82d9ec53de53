/**
 * A list of transactions in shared memory, and what was found out about each: 53 bytes. The threads take shares of it, each
 * for one thread, so that nobody deals them out and nobody is asked.
 */
import type { Address, Hash, Transaction } from "@trireme/core";

/** What another thread needs to open a batch. */
export interface BatchHandle {
  readonly id: number;
  /** Transactions. */
  readonly count: number;
  /** Transactions of a share; the last one may have fewer. */
  readonly shareSize: number;
  readonly memory: SharedArrayBuffer;
}

/** What was found out about a transaction that decodes. */
export interface Verdict {
  /** Place of its format in the list that all threads have. */
  readonly format: number;
  readonly sender: Address;
  readonly hash: Hash;
}

/** @see openBatch */
export interface Batch {
  /** Takes a share for `owner`, a number from 1: its transactions from `first` to before `end`. Undefined when all are taken. */
  claim(owner: number): { readonly first: number; readonly end: number } | undefined;
  /** Whether there are shares that nobody took. */
  hasFreeShares(): boolean;
  /** Whether `owner` took a share. */
  hasShares(owner: number): boolean;
  /** The bytes of a transaction: a copy of one's own, because native libraries and decoders may not take shared ones. */
  raw(index: number): Uint8Array;
  /** Notes a transaction that decodes; what is noted is there for all threads. */
  note(index: number, format: number, transaction: Transaction): void;
  /** Undefined where nothing is noted. */
  verdict(index: number): Verdict | undefined;
}

/** Writes transactions into new memory. */
export function createBatch(id: number, raws: readonly Uint8Array[], shareSize: number): BatchHandle {
  const count = raws.length;
  const places = placesOf(count, shareSize);
  const length = raws.reduce((sum, raw) => sum + raw.length, 0);
  const memory = new SharedArrayBuffer(places.raws + length);
  const ends = new Uint32Array(memory, places.ends, count);
  const bytes = new Uint8Array(memory, places.raws);
  let end = 0;
  for (const [index, raw] of raws.entries()) {
    bytes.set(raw, end);
    ends[index] = end += raw.length;
  }
  return { id, count, shareSize, memory };
}

/** Opens a batch on any thread. */
export function openBatch({ count, shareSize, memory }: BatchHandle): Batch {
  const places = placesOf(count, shareSize);
  const owners = new Int32Array(memory, 0, sharesOf(count, shareSize));
  const ends = new Uint32Array(memory, places.ends, count);
  const kinds = new Uint8Array(memory, places.kinds, count);
  const senders = new Uint8Array(memory, places.senders, count * 20);
  const hashes = new Uint8Array(memory, places.hashes, count * 32);
  const bytes = new Uint8Array(memory, places.raws);
  return {
    claim(owner) {
      for (let share = 0; share < owners.length; share++) {
        if (Atomics.compareExchange(owners, share, 0, owner) === 0)
          return { first: share * shareSize, end: Math.min(count, (share + 1) * shareSize) };
      }
      return undefined;
    },
    hasFreeShares: () => owners.some((_, share) => Atomics.load(owners, share) === 0),
    hasShares: (owner) => owners.some((_, share) => Atomics.load(owners, share) === owner),
    raw: (index) => bytes.slice(index === 0 ? 0 : ends[index - 1], ends[index]),
    note(index, format, { sender, hash }) {
      senders.set(sender, index * 20);
      hashes.set(hash, index * 32);
      // Last: whoever sees it sees the others as well.
      Atomics.store(kinds, index, format + 1);
    },
    verdict(index) {
      const kind = Atomics.load(kinds, index);
      if (kind === 0) return undefined;
      return {
        format: kind - 1,
        sender: senders.slice(index * 20, (index + 1) * 20) as Address,
        hash: hashes.slice(index * 32, (index + 1) * 32) as Hash,
      };
    },
  };
}

function sharesOf(count: number, shareSize: number): number {
  return Math.ceil(count / shareSize);
}

/** Where everything begins; the owners of the shares come first. */
function placesOf(count: number, shareSize: number) {
  const ends = sharesOf(count, shareSize) * 4;
  const kinds = ends + count * 4;
  const senders = kinds + count;
  const hashes = senders + count * 20;
  return { ends, kinds, senders, hashes, raws: hashes + count * 32 } as const;
}
