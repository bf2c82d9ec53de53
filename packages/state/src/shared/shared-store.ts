/** The writer of the shared flat state: a hash table in shared memory with one writer and readers on any thread. */
import { TriremeError } from "@trireme/core";
import { hashFactorCount, hashWithFactors, randomHashFactors } from "../hash-bytes.ts";
import type { StateDiff } from "../state-diff.ts";
import { createSharedArena } from "./shared-arena.ts";
import {
  arenaOffset,
  createSharedMemory,
  emptyPlace,
  factorsOffset,
  header,
  indexAlignment,
  indexStart,
  layoutMagic,
  layoutVersion,
  maxValueLength,
  recordHeaderLength,
  removedPlace,
  viewsOf,
  type SharedMemory,
  type SharedStateHandle,
} from "./shared-layout.ts";
import { createSharedReader } from "./shared-reader.ts";

/** The flat head state. */
export interface SharedStore {
  readonly handle: SharedStateHandle;
  /** Number of keys. */
  readonly size: number;
  get(key: Uint8Array): Uint8Array | undefined;
  /** Makes the entries visible to every thread. @throws TriremeError `LIMIT_EXCEEDED` when the memory is full */
  apply(diff: StateDiff): void;
  /** Keys that begin with `prefix`, in key order, as they are now. Walks the whole table. */
  keys(prefix: Uint8Array): Uint8Array[];
}

const INITIAL_PAGES = 2;
const MAXIMUM_PAGES = 65_536;
const INITIAL_BITS = 10;

/** Makes an empty store. It reserves address space for 4 GiB and takes memory as it grows. */
export function createSharedStore(): SharedStore {
  const memory: SharedMemory = createSharedMemory(INITIAL_PAGES, MAXIMUM_PAGES);
  const arena = createSharedArena(memory, arenaOffset);
  const factors = randomHashFactors();
  let views = viewsOf(memory);
  let bits = INITIAL_BITS;
  let index = 0;
  let size = 0;
  // Places that are not empty, removed ones included: what probing has to walk over.
  let used = 0;

  views.words.set(factors.subarray(0, hashFactorCount), factorsOffset / 4);
  publishIndex(allocateIndex(bits), bits);
  views.words[header.version] = layoutVersion;
  views.words[header.magic] = layoutMagic;
  const reader = createSharedReader(memory);

  function allocate(length: number, alignment?: number): number {
    const offset = arena.allocate(length, alignment);
    if (views.bytes.byteLength < memory.buffer.byteLength) views = viewsOf(memory);
    return offset;
  }

  function allocateIndex(bitCount: number): number {
    const length = 4 << bitCount;
    const offset = allocate(length, indexAlignment);
    views.bytes.fill(0, offset, offset + length);
    return offset;
  }

  function publishIndex(offset: number, bitCount: number): void {
    const descriptor = ((offset / indexAlignment) << 5) | bitCount;
    bits = bitCount;
    index = indexStart(descriptor);
    Atomics.store(views.words, header.index, descriptor);
  }

  /** Position of the place that has the key; else of the place where it would be put. */
  function findPlace(key: Uint8Array, hash: number): number {
    const { words, bytes } = views;
    const mask = (1 << bits) - 1;
    let place = hash >>> (32 - bits);
    let removed: number | undefined;
    for (;;) {
      const reference = words[index + place] as number;
      if (reference === emptyPlace) return removed ?? index + place;
      if (reference === removedPlace) removed ??= index + place;
      else if (recordHasKey(words, bytes, reference * 8, hash, key)) return index + place;
      place = (place + 1) & mask;
    }
  }

  function writeRecord(key: Uint8Array, hash: number, value: Uint8Array): number {
    if (value.length > maxValueLength) {
      throw new TriremeError("LIMIT_EXCEEDED", `expected a value of at most ${maxValueLength} bytes, got ${value.length}`);
    }
    const offset = allocate(recordHeaderLength + key.length + value.length);
    const { words, bytes } = views;
    words[offset / 4] = hash;
    words[offset / 4 + 1] = key.length | (value.length << 8);
    bytes.set(key, offset + recordHeaderLength);
    bytes.set(value, offset + recordHeaderLength + key.length);
    return offset;
  }

  function freeRecord(offset: number): void {
    const lengths = views.words[offset / 4 + 1] as number;
    arena.free(offset, recordHeaderLength + (lengths & 0xff) + (lengths >>> 8));
  }

  function set(key: Uint8Array, value: Uint8Array): void {
    if (used * 2 >= 1 << bits) rebuildIndex();
    const hash = hashWithFactors(factors, key, key.length);
    const offset = writeRecord(key, hash, value);
    const place = findPlace(key, hash);
    const old = views.words[place] as number;
    if (old === emptyPlace) used++;
    if (old === emptyPlace || old === removedPlace) size++;
    else freeRecord(old * 8);
    Atomics.store(views.words, place, offset / 8);
  }

  function remove(key: Uint8Array): void {
    const place = findPlace(key, hashWithFactors(factors, key, key.length));
    const old = views.words[place] as number;
    if (old === emptyPlace || old === removedPlace) return;
    Atomics.store(views.words, place, removedPlace);
    freeRecord(old * 8);
    size--;
  }

  /** A new index without removed places, with room for twice as many keys. */
  function rebuildIndex(): void {
    const oldIndex = index;
    const oldCount = 1 << bits;
    let newBits = INITIAL_BITS;
    while (size * 4 >= 1 << newBits) newBits++;
    // Not one step down: a size near the border would have both indexes by turns, and memory for both one day.
    if (newBits === bits - 1) newBits = bits;
    const offset = allocateIndex(newBits);
    const { words } = views;
    const mask = (1 << newBits) - 1;
    for (let from = 0; from < oldCount; from++) {
      const reference = words[oldIndex + from] as number;
      if (reference === emptyPlace || reference === removedPlace) continue;
      let place = ((words[reference * 2] as number) >>> 0) >>> (32 - newBits);
      while (words[offset / 4 + place] !== emptyPlace) place = (place + 1) & mask;
      words[offset / 4 + place] = reference;
    }
    used = size;
    publishIndex(offset, newBits);
    arena.freeRegion(oldIndex * 4, oldCount * 4);
  }

  return {
    handle: { memory },
    get size() {
      return size;
    },
    get: reader.get,
    apply(diff) {
      if (diff.entries.length === 0) return;
      // Odd while entries are written: whoever needs one version of all keys compares it before and after.
      Atomics.add(views.words, header.sequence, 1);
      if (arena.release()) Atomics.add(views.words, header.epoch, 1);
      try {
        for (const { key, value } of diff.entries) {
          if (value === undefined) remove(key);
          else set(key, value);
        }
      } finally {
        Atomics.add(views.words, header.sequence, 1);
      }
    },
    keys(prefix) {
      const found: Uint8Array[] = [];
      const { words, bytes } = views;
      for (let place = index; place < index + (1 << bits); place++) {
        const reference = words[place] as number;
        if (reference === emptyPlace || reference === removedPlace) continue;
        const start = reference * 8 + recordHeaderLength;
        const length = (words[reference * 2 + 1] as number) & 0xff;
        if (length < prefix.length || !hasPrefixAt(bytes, start, prefix)) continue;
        found.push(bytes.slice(start, start + length));
      }
      return found.sort((left, right) => Buffer.compare(left, right));
    },
  };
}

function recordHasKey(words: Int32Array, bytes: Uint8Array, offset: number, hash: number, key: Uint8Array): boolean {
  if ((words[offset / 4] as number) >>> 0 !== hash) return false;
  if (((words[offset / 4 + 1] as number) & 0xff) !== key.length) return false;
  return hasPrefixAt(bytes, offset + recordHeaderLength, key);
}

function hasPrefixAt(bytes: Uint8Array, start: number, prefix: Uint8Array): boolean {
  for (let at = 0; at < prefix.length; at++) if (bytes[start + at] !== prefix[at]) return false;
  return true;
}
