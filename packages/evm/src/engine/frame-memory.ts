/** Memory of one EVM frame, in place of the engine's own: it starts empty and doubles, so that growing costs what it holds. */
import { emptyBytes } from "@trireme/core";

/** Same methods as the engine's `Memory`. Offsets and sizes are in bytes and have been paid for. */
export class FrameMemory {
  _store: Uint8Array = emptyBytes;
  /** Bytes that prices of ours have counted so far: at most what has been paid for. */
  paidBytes = 0;

  /** Makes `offset + size`, rounded up to words, addressable. */
  extend(offset: number, size: number): void {
    if (size === 0) return;
    const length = Math.ceil((offset + size) / 32) * 32;
    if (length <= this._store.length) return;
    if (length <= FIRST) {
      this._store = firstStore();
      return;
    }
    const store = new Uint8Array(Math.max(length, this._store.length * 2));
    store.set(this._store);
    this._store = store;
  }

  write(offset: number, size: number, value: Uint8Array): void {
    if (size === 0) return;
    this.extend(offset, size);
    this._store.set(value, offset);
  }

  /** A copy, or with `isView` the bytes themselves, to be read before the frame goes on. */
  read(offset: number, size: number, isView = false): Uint8Array {
    this.extend(offset, size);
    return isView ? this._store.subarray(offset, offset + size) : this._store.slice(offset, offset + size);
  }

  /** The first `words` words, in a new array. */
  copy(words: number): Uint8Array {
    const bytes = new Uint8Array(words * 32);
    bytes.set(this._store.subarray(0, words * 32));
    return bytes;
  }
}

/** Bytes with which a memory begins. Most contracts need no more. */
const FIRST = 256;
/** Memories begin in one piece of zeros after the other: an allocation for each took a twentieth of a small call. */
const SLAB = 64 * 1024;
let slab = new ArrayBuffer(0);
let taken = 0;

function firstStore(): Uint8Array {
  if (taken + FIRST > slab.byteLength) {
    slab = new ArrayBuffer(SLAB);
    taken = 0;
  }
  const store = new Uint8Array(slab, taken, FIRST);
  taken += FIRST;
  return store;
}
