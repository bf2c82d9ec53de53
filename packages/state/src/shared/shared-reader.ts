/** Reading the shared flat state from any thread: no lock, no waiting for the writer. */
import { TriremeError } from "@trireme/core";
import { hashWithFactors } from "../hash-bytes.ts";
import {
  emptyPlace,
  header,
  indexBits,
  indexStart,
  readFactors,
  recordHeaderLength,
  removedPlace,
  viewsOf,
  type SharedMemory,
  type SharedViews,
} from "./shared-layout.ts";

/** Reads of single keys, each a whole value of some version. */
export interface SharedReader {
  /** A copy of the value. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Rises with every apply and is odd during one: equal and even before and after means one version of all keys. */
  readonly sequence: number;
}

/** What a probe found: `undefined` when the memory moved under it. */
type Probe = { readonly value: Uint8Array | undefined } | undefined;

// Every retry needs two applies to have passed meanwhile, so that even ten are out of reach.
const MAX_ATTEMPTS = 10_000;
const ABSENT: Probe = { value: undefined };

/** Makes a reader of a memory. @throws TriremeError `INVALID_ARGUMENT` when the memory is no shared state */
export function createSharedReader(memory: SharedMemory): SharedReader {
  let views = viewsOf(memory);
  const factors = readFactors(views);

  return {
    get(key) {
      const hash = hashWithFactors(factors, key, key.length);
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const epoch = Atomics.load(views.words, header.epoch);
        const found = probe(views, key, hash);
        if (found !== undefined && Atomics.load(views.words, header.epoch) === epoch) return found.value;
        views = viewsOf(memory);
      }
      throw new TriremeError("HOST_FAULT", `expected a stable read of the shared state, got none in ${MAX_ATTEMPTS} attempts`);
    },
    get sequence() {
      return Atomics.load(views.words, header.sequence);
    },
  };
}

function probe({ words, bytes }: SharedViews, key: Uint8Array, hash: number): Probe {
  const descriptor = Atomics.load(words, header.index);
  const index = indexStart(descriptor);
  const bits = indexBits(descriptor);
  const mask = (1 << bits) - 1;
  if (index + mask >= words.length) return undefined;
  let place = hash >>> (32 - bits);
  for (let step = 0; step <= mask; step++) {
    const reference = Atomics.load(words, index + place) >>> 0;
    if (reference === emptyPlace) return ABSENT;
    if (reference !== removedPlace) {
      // An offset beyond the views is one of a memory that has grown.
      const word = reference * 2;
      if (word + 1 >= words.length) return undefined;
      if ((words[word] as number) >>> 0 === hash) {
        const lengths = (words[word + 1] as number) >>> 0;
        const keyEnd = reference * 8 + recordHeaderLength + (lengths & 0xff);
        const end = keyEnd + (lengths >>> 8);
        if (end > bytes.length) return undefined;
        if ((lengths & 0xff) === key.length && sameKey(bytes, keyEnd - key.length, key)) return { value: bytes.slice(keyEnd, end) };
      }
    }
    place = (place + 1) & mask;
  }
  return undefined;
}

function sameKey(bytes: Uint8Array, start: number, key: Uint8Array): boolean {
  for (let at = 0; at < key.length; at++) if (bytes[start + at] !== key[at]) return false;
  return true;
}
