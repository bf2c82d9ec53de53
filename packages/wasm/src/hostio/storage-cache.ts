/**
 * The storage cache of one invocation (nitro, crates/arbutil/src/evm/storage.rs): reads are kept, writes wait for a flush
 * that the program asks for. What was not flushed when the program ends is lost.
 */
import { equalBytes } from "@trireme/core";
import { keyText } from "./transaction-programs.ts";

/** A cached word. */
interface CachedWord {
  value: Uint8Array;
  /** What the chain has, as far as the cache knows. */
  known: Uint8Array | undefined;
  readonly key: Uint8Array;
}

/** A word to write. */
export interface DirtyWord {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** The cache of one invocation. Keys and values handed to `know` and `write` are kept: their owner does not write to them. */
export interface StorageCache {
  /** Gas of one more read: nothing for 32 of them, then 2, from the 129th on 10. */
  nextReadGas(): number;
  /** Gas of one more write: nothing for 8 of them, then 7, from the 65th on 10. */
  nextWriteGas(): number;
  get(key: Uint8Array): Uint8Array | undefined;
  /** Keeps what the chain has. */
  know(key: Uint8Array, value: Uint8Array): void;
  /** Keeps a write. Without an earlier read it counts as dirty, whatever the chain has. */
  write(key: Uint8Array, value: Uint8Array): void;
  /** The words to write, in the order in which their keys came; they count as written from now on. */
  takeDirty(): DirtyWord[];
  clear(): void;
}

/** An empty cache. */
export function createStorageCache(): StorageCache {
  return new WordCache();
}

/** Up to so many words are looked for one by one: most invocations use a few, and a key is told from another by its last bytes. */
const mostSearched = 16;

/** A class, so that an invocation that uses no storage pays for a few fields. */
class WordCache implements StorageCache {
  private words: CachedWord[] = [];
  /** The same words by key, once they are many. */
  private byKey: Map<string, CachedWord> | undefined;
  private reads = 0;
  private writes = 0;

  nextReadGas(): number {
    this.reads++;
    return this.reads <= 32 ? 0 : this.reads <= 128 ? 2 : 10;
  }

  nextWriteGas(): number {
    this.writes++;
    return this.writes <= 8 ? 0 : this.writes <= 64 ? 7 : 10;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.find(key)?.value;
  }

  know(key: Uint8Array, value: Uint8Array): void {
    this.add({ key, value, known: value });
  }

  write(key: Uint8Array, value: Uint8Array): void {
    const word = this.find(key);
    if (word === undefined) this.add({ key, value, known: undefined });
    else word.value = value;
  }

  takeDirty(): DirtyWord[] {
    const dirty: DirtyWord[] = [];
    for (const word of this.words) {
      if (word.known !== undefined && equalBytes(word.known, word.value)) continue;
      word.known = word.value;
      dirty.push({ key: word.key, value: word.value });
    }
    return dirty;
  }

  clear(): void {
    this.words = [];
    this.byKey = undefined;
  }

  private find(key: Uint8Array): CachedWord | undefined {
    if (this.byKey !== undefined) return this.byKey.get(keyText(key));
    for (const word of this.words) if (sameFromTheEnd(word.key, key)) return word;
    return undefined;
  }

  private add(word: CachedWord): void {
    this.words.push(word);
    if (this.byKey !== undefined) this.byKey.set(keyText(word.key), word);
    else if (this.words.length > mostSearched) this.byKey = new Map(this.words.map((each) => [keyText(each.key), each]));
  }
}

/** Keys of 32 bytes: small numbers differ at the end, hashes anywhere. */
function sameFromTheEnd(left: Uint8Array, right: Uint8Array): boolean {
  for (let index = 31; index >= 0; index--) if (left[index] !== right[index]) return false;
  return true;
}
