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

/** The cache of one invocation. Keys and values handed in are kept: their owner does not write to them. */
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
  const words = new Map<string, CachedWord>();
  let reads = 0;
  let writes = 0;
  return {
    nextReadGas() {
      reads++;
      return reads <= 32 ? 0 : reads <= 128 ? 2 : 10;
    },
    nextWriteGas() {
      writes++;
      return writes <= 8 ? 0 : writes <= 64 ? 7 : 10;
    },
    get: (key) => words.get(keyText(key))?.value,
    know(key, value) {
      words.set(keyText(key), { key, value, known: value });
    },
    write(key, value) {
      const text = keyText(key);
      const word = words.get(text);
      if (word === undefined) words.set(text, { key, value, known: undefined });
      else word.value = value;
    },
    takeDirty() {
      const dirty: DirtyWord[] = [];
      for (const word of words.values()) {
        if (word.known !== undefined && equalBytes(word.known, word.value)) continue;
        word.known = word.value;
        dirty.push({ key: word.key, value: word.value });
      }
      return dirty;
    },
    clear: () => words.clear(),
  };
}
