/** The memory of one block, opened by each of its workers: keys, versions, and room for what transactions leave. */
import { hashFactorCount, hashWithFactors } from "@trireme/state";
import { BlockProgress, MemorySpent, type BlockMemoryHandle } from "./block-progress.ts";
import { beforeBlock, blockState, factorsStart, header, keyWord, keyWords, valueWords, versionWord, versionWords } from "./layout.ts";

/** A key's lock was not given back in time: whoever holds it may have ended. */
export class LockHeld extends Error {}

/** Looks at a lock between two at the clock. */
const spinsBetween = 1024;
/** Bytes that a worker takes of the arena at once. */
const chunkBytes = 32 * 1024;
/** Share of the index that may be used. */
const fullness = 0.6;

/** One thread's way into the memory of a block. A class: every read of a transaction goes through it. */
export class BlockMemory extends BlockProgress {
  private readonly longs: BigUint64Array;
  private readonly factors: Int32Array;
  private readonly indexStart: number;
  private readonly indexBits: number;
  private readonly arenaEnd: number;
  /** Whether somebody on this thread was told that it is spent. */
  isSpent = false;
  /** Milliseconds for which a key's lock is waited for. For ever, unless this thread is the one that must hear of the others' end. */
  lockPatience = Number.POSITIVE_INFINITY;
  private chunkNext = 0;
  private chunkEnd = 0;

  /** @throws TriremeError `INVALID_ARGUMENT` when the buffer is no block memory */
  constructor(handle: BlockMemoryHandle) {
    super(handle);
    const { words } = this;
    this.longs = new BigUint64Array(handle.buffer, 0, words.length >>> 1);
    this.indexBits = words[header.indexBits] as number;
    this.indexStart = words[header.indexStart] as number;
    this.arenaEnd = words[header.arenaEnd] as number;
    this.factors = words.slice(factorsStart, factorsStart + hashFactorCount);
  }

  /** A reference to bytes that may hold anything. @throws MemorySpent */
  allocate(length: number): number {
    const units = (length + 7) >>> 3;
    if (this.chunkEnd - this.chunkNext < units) {
      const taken = Math.max(units, chunkBytes / 8);
      const start = Atomics.add(this.words, header.arenaNext, taken);
      if (start + taken > this.arenaEnd || start < 0) throw this.spent();
      this.chunkNext = start;
      this.chunkEnd = start + taken;
    }
    const reference = this.chunkNext;
    this.chunkNext += units;
    return reference;
  }

  /** The key, made where there is none. @throws MemorySpent */
  findKey(key: Uint8Array): number {
    const hash = hashWithFactors(this.factors, key, key.length);
    const { words, indexStart } = this;
    const mask = (1 << this.indexBits) - 1;
    let place = hash >>> (32 - this.indexBits);
    let made = 0;
    for (;;) {
      let found = Atomics.load(words, indexStart + place);
      if (found === 0) {
        made ||= this.makeKey(key, hash);
        found = Atomics.compareExchange(words, indexStart + place, 0, made);
        if (found === 0) return made;
      }
      if (this.isKey(found, hash, key)) return found;
      place = (place + 1) & mask;
    }
  }

  /** Makes a key that has a value from before the block as soon as anybody can find it. False where somebody has looked for it before. @throws MemorySpent */
  addKey(key: Uint8Array, value: Uint8Array | undefined): boolean {
    const hash = hashWithFactors(this.factors, key, key.length);
    const { words, indexStart } = this;
    const mask = (1 << this.indexBits) - 1;
    const made = this.makeKey(key, hash);
    words[made * 2 + keyWord.newest] = this.makeVersion(beforeBlock, this.makeValue(value), 0);
    for (let place = hash >>> (32 - this.indexBits); ; place = (place + 1) & mask) {
      const found = Atomics.compareExchange(words, indexStart + place, 0, made);
      if (found === 0) {
        this.noteWritten(made);
        return true;
      }
      if (this.isKey(found, hash, key)) return false;
    }
  }

  /** The last key that somebody wrote, or that had a version before the block; the others follow by `writtenBefore`. 0 for none. */
  get lastWritten(): number {
    return Atomics.load(this.words, header.written);
  }

  writtenBefore(key: number): number {
    return this.words[key * 2 + keyWord.nextWritten] as number;
  }

  /** Whoever finds the key finds those before it. */
  private noteWritten(key: number): void {
    const { words } = this;
    for (;;) {
      const last = Atomics.load(words, header.written);
      words[key * 2 + keyWord.nextWritten] = last;
      if (Atomics.compareExchange(words, header.written, last, key) === last) return;
    }
  }

  /** Bytes of a key: a copy. */
  keyBytes(key: number): Uint8Array {
    const start = key * 8 + keyWords * 4;
    return this.bytes.slice(start, start + (this.words[key * 2 + keyWord.length] as number));
  }

  /** The newest version that a transaction lower than `index` wrote; 0 where there is none. */
  versionBelow(key: number, index: number): number {
    return this.newestBelow(key * 2 + keyWord.newest, index);
  }

  /** The newest credit by a transaction lower than `index`; 0 where there is none. */
  creditBelow(key: number, index: number): number {
    return this.newestBelow(key * 2 + keyWord.credits, index);
  }

  private newestBelow(link: number, index: number): number {
    const { words } = this;
    let version = Atomics.load(words, link);
    while (version !== 0) {
      const at = version * 2;
      if ((words[at + versionWord.transaction] as number) < index && Atomics.load(words, at + versionWord.value) !== 0) return version;
      version = Atomics.load(words, at + versionWord.older);
    }
    return 0;
  }

  /** The version that was written before this one; 0 where there is none. */
  olderThan(version: number): number {
    const { words } = this;
    let older = Atomics.load(words, version * 2 + versionWord.older);
    while (older !== 0 && Atomics.load(words, older * 2 + versionWord.value) === 0)
      older = Atomics.load(words, older * 2 + versionWord.older);
    return older;
  }

  transactionOf(version: number): number {
    return this.words[version * 2 + versionWord.transaction] as number;
  }

  /** Reference of the value; negative for an estimate, 0 when its transaction took it back meanwhile. */
  valueAt(version: number): number {
    return Atomics.load(this.words, version * 2 + versionWord.value);
  }

  /** A copy of a value; undefined for "removed". */
  readValue(value: number): Uint8Array | undefined {
    const length = this.words[value * 2] as number;
    if (length < 0) return undefined;
    const start = value * 8 + valueWords * 4;
    return this.bytes.slice(start, start + length);
  }

  /** Whether a value is these bytes. */
  hasValue(value: number, bytes: Uint8Array | undefined): boolean {
    const length = this.words[value * 2] as number;
    if (bytes === undefined || length !== bytes.length) return bytes === undefined && length < 0;
    const start = value * 8 + valueWords * 4;
    for (let at = 0; at < length; at++) if (this.bytes[start + at] !== bytes[at]) return false;
    return true;
  }

  /** @throws MemorySpent */
  makeValue(bytes: Uint8Array | undefined): number {
    const reference = this.allocate(valueWords * 4 + (bytes?.length ?? 0));
    this.words[reference * 2] = bytes?.length ?? -1;
    if (bytes !== undefined) this.bytes.set(bytes, reference * 8 + valueWords * 4);
    return reference;
  }

  /** Wei of a credit. */
  readCredit(value: number): bigint {
    const count = this.words[value * 2] as number;
    let wei = 0n;
    for (let word = count; word > 0; word--) wei = (wei << 64n) | (this.longs[value + word] as bigint);
    return wei;
  }

  /** @throws MemorySpent */
  makeCredit(wei: bigint): number {
    let count = 0;
    for (let rest = wei; rest !== 0n; rest >>= 64n) count++;
    const reference = this.allocate(8 + count * 8);
    this.words[reference * 2] = count;
    for (let word = 1, rest = wei; word <= count; word++, rest >>= 64n) this.longs[reference + word] = rest;
    return reference;
  }

  /** The version of a transaction under a key, made where there is none. @throws MemorySpent, LockHeld */
  findVersion(key: number, index: number): number {
    return this.find(key, keyWord.newest, index);
  }

  /** The credit of a transaction under an account's key, made where there is none. @throws MemorySpent, LockHeld */
  findCredit(key: number, index: number): number {
    return this.find(key, keyWord.credits, index);
  }

  private find(key: number, first: number, index: number): number {
    const { words } = this;
    const at = key * 2;
    this.lock(at + keyWord.lock);
    try {
      const isFirst = words[at + keyWord.newest] === 0 && words[at + keyWord.credits] === 0;
      let link = at + first;
      for (;;) {
        const version = words[link] as number;
        const transaction = version === 0 ? -2 : (words[version * 2 + versionWord.transaction] as number);
        if (transaction === index) return version;
        if (transaction < index) {
          const made = this.makeVersion(index, 0, version);
          // Once only, and not before nothing can fail any more: noted twice it would come before itself.
          if (isFirst) this.noteWritten(key);
          Atomics.store(words, link, made);
          return made;
        }
        link = version * 2 + versionWord.older;
      }
    } finally {
      Atomics.store(words, at + keyWord.lock, 0);
    }
  }

  private makeVersion(index: number, value: number, older: number): number {
    const { words } = this;
    const made = this.allocate(versionWords * 4);
    words[made * 2 + versionWord.transaction] = index;
    words[made * 2 + versionWord.value] = value;
    words[made * 2 + versionWord.older] = older;
    return made;
  }

  setValue(version: number, value: number): void {
    Atomics.store(this.words, version * 2 + versionWord.value, value);
  }

  /** Keeps numbers in the arena. @throws MemorySpent */
  keepNumbers(numbers: Int32Array, count: number): number {
    const reference = this.allocate(count * 4);
    this.words.set(numbers.subarray(0, count), reference * 2);
    return reference;
  }

  /** Keeps bytes in the arena. @throws MemorySpent */
  keepBytes(bytes: Uint8Array): number {
    const reference = this.allocate(bytes.length);
    this.bytes.set(bytes, reference * 8);
    return reference;
  }

  /** A copy. */
  bytesAt(reference: number, length: number): Uint8Array {
    return this.bytes.slice(reference * 8, reference * 8 + length);
  }

  /** Held for a few reads of memory, so whoever waits spins. @throws MemorySpent when the block was given up; LockHeld */
  protected lock(position: number): void {
    let spins = 0;
    let end = 0;
    while (Atomics.compareExchange(this.words, position, 0, 1) !== 0) {
      if (this.state === blockState.broken) throw new MemorySpent();
      if (++spins % spinsBetween !== 0) continue;
      const now = performance.now();
      end ||= now + this.lockPatience;
      if (now >= end) throw new LockHeld();
    }
  }

  private spent(): MemorySpent {
    this.isSpent = true;
    return new MemorySpent();
  }

  private makeKey(key: Uint8Array, hash: number): number {
    if (Atomics.add(this.words, header.keys, 1) > fullness * (1 << this.indexBits)) throw this.spent();
    const reference = this.allocate(keyWords * 4 + key.length);
    const at = reference * 2;
    this.words[at + keyWord.hash] = hash;
    this.words[at + keyWord.length] = key.length;
    this.words[at + keyWord.newest] = 0;
    this.words[at + keyWord.lock] = 0;
    this.words[at + keyWord.credits] = 0;
    this.bytes.set(key, reference * 8 + keyWords * 4);
    return reference;
  }

  private isKey(reference: number, hash: number, key: Uint8Array): boolean {
    const { words, bytes } = this;
    if ((words[reference * 2 + keyWord.hash] as number) >>> 0 !== hash || words[reference * 2 + keyWord.length] !== key.length)
      return false;
    const start = reference * 8 + keyWords * 4;
    for (let at = 0; at < key.length; at++) if (bytes[start + at] !== key[at]) return false;
    return true;
  }
}
