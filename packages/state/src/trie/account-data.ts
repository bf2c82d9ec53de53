/**
 * Account data in the trie (rule 15): storage slot `i` is the keccak256 of the i-th chunk of 4 KiB (the last may be
 * shorter), the slot after the last chunk is the length. Empty data has an empty storage trie.
 */
import { accountDataPageSize, bigintToBytes, keccak256, TriremeError } from "@trireme/core";
import type { TrieDataChange } from "./trie-changes.ts";

/** Slots that a change of data writes, before hashing: chunks to be hashed, and the slots that go or hold the length. */
export interface DataSlots {
  /** Chunk `bytes` belongs under slot `index`, hashed. */
  readonly chunks: readonly { readonly index: number; readonly bytes: Uint8Array }[];
  /** Slots that hold a plain number; 0 removes the slot. */
  readonly numbers: readonly { readonly index: number; readonly value: number }[];
}

/** Chunks that data of `length` bytes has; also the slot of the length. */
function chunkCount(length: number): number {
  return Math.ceil(length / accountDataPageSize);
}

/**
 * What changes when an account that had `before` bytes of data gets `change`.
 * @throws TriremeError `INVALID_ARGUMENT` when the length changed and a page whose chunk changed with it is not listed
 */
export function dataSlots(before: number, change: TrieDataChange): DataSlots {
  const oldCount = chunkCount(before);
  const newCount = chunkCount(change.length);
  const chunks: { index: number; bytes: Uint8Array }[] = [];
  const numbers: { index: number; value: number }[] = [];
  const listed = new Set<number>();
  for (const { index, bytes } of change.pages) {
    if (index >= newCount) continue;
    listed.add(index);
    chunks.push({ index, bytes: chunkOf(bytes, index, change.length) });
  }
  if (before !== change.length) {
    for (let index = Math.min(oldCount, newCount) - 1; index >= 0 && !isFull(index, before, change.length); index--) {
      if (!listed.has(index)) {
        const what = `its length went from ${before} to ${change.length} bytes`;
        throw new TriremeError("INVALID_ARGUMENT", `expected page ${index} of the account data among the changed pages: ${what}`);
      }
    }
    for (let index = oldCount; index < newCount; index++) {
      if (!listed.has(index)) chunks.push({ index, bytes: chunkOf(undefined, index, change.length) });
    }
    for (let index = newCount + 1; index <= oldCount; index++) numbers.push({ index, value: 0 });
    numbers.push({ index: newCount, value: change.length });
  }
  return { chunks, numbers };
}

const hashedSlotKeys: Uint8Array[] = [];

/** keccak256 of the 32-byte slot key `index`. Kept: data has 2,560 chunks at most. */
export function hashedDataSlotKey(index: number): Uint8Array {
  return (hashedSlotKeys[index] ??= keccak256(bigintToBytes(BigInt(index), 32)));
}

/** Whether the chunk has its full size under both lengths. */
function isFull(index: number, before: number, after: number): boolean {
  return (index + 1) * accountDataPageSize <= Math.min(before, after);
}

/** The chunk's bytes: the page cut to the account's end, or filled up with zeros. */
function chunkOf(page: Uint8Array | undefined, index: number, length: number): Uint8Array {
  const size = Math.min(accountDataPageSize, length - index * accountDataPageSize);
  if (page !== undefined && page.length >= size) return page.subarray(0, size);
  const chunk = new Uint8Array(size);
  if (page !== undefined) chunk.set(page);
  return chunk;
}
