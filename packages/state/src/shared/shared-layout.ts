/**
 * Memory of the shared flat state: one shared WebAssembly.Memory that any thread (and any WASM module) can read.
 *
 * | bytes | what |
 * | --- | --- |
 * | 0 | magic, layout version, sequence, epoch, index descriptor: one i32 each |
 * | 64 | factors of the key hash |
 * | 1024 | records and indexes |
 *
 * Index: i32 places, 0 = never used, 1 = removed, else the offset of a record / 8. The descriptor is
 * (offset / 1024) << 5 | log2 of the number of places, so that both change at once.
 * Record: u32 key hash, u32 key length | value length << 8, key, value; offsets are multiples of 16.
 *
 * Writing never touches a record that a place points to: a new value is a new record, published by one atomic store.
 * What that frees is used again no earlier than in the next apply, after the epoch was raised; a reader under whom the
 * epoch moved reads again. So readers take no lock and see a whole old or a whole new value.
 */
import { TriremeError } from "@trireme/core";
import { hashFactorCount } from "../hash-bytes.ts";

/** What another thread needs to read the head state. Survives a structured clone within one process. */
export interface SharedStateHandle {
  readonly memory: SharedMemory;
}

/** The part of a shared WebAssembly.Memory that is used. */
export interface SharedMemory {
  readonly buffer: ArrayBufferLike;
  /** By pages of 64 KiB. */
  grow(pages: number): number;
}

/** i32 positions in the header. */
export const header = { magic: 0, version: 1, sequence: 2, epoch: 3, index: 4 } as const;
export const layoutMagic = 0x7472_6d73;
export const layoutVersion = 1;
export const factorsOffset = 64;
export const arenaOffset = 1024;
export const recordHeaderLength = 8;
export const indexAlignment = 1024;
export const wasmPage = 65_536;
/** Largest value: 24 bits of length. */
export const maxValueLength = 0xff_ffff;

export const emptyPlace = 0;
export const removedPlace = 1;

/** Views of the memory; made anew when it has grown. */
export interface SharedViews {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
}

/** A shared memory of `initial` pages that can grow to `maximum`. @throws RangeError when the machine has no room to reserve it */
export function createSharedMemory(initial: number, maximum: number): SharedMemory {
  const { WebAssembly } = globalThis as unknown as {
    readonly WebAssembly: {
      readonly Memory: new (descriptor: { readonly initial: number; readonly maximum: number; readonly shared: true }) => SharedMemory;
    };
  };
  return new WebAssembly.Memory({ initial, maximum, shared: true });
}

/** Views of the memory as large as it is now. */
export function viewsOf(memory: SharedMemory): SharedViews {
  const { buffer } = memory;
  return { bytes: new Uint8Array(buffer), words: new Int32Array(buffer) };
}

/** The factors of the key hash, copied out. @throws TriremeError `INVALID_ARGUMENT` when the memory is no shared state */
export function readFactors(views: SharedViews): Int32Array {
  const { words } = views;
  if (words[header.magic] !== layoutMagic || words[header.version] !== layoutVersion) {
    throw new TriremeError("INVALID_ARGUMENT", `expected the memory of a shared state of layout ${layoutVersion}, got something else`);
  }
  return words.slice(factorsOffset / 4, factorsOffset / 4 + hashFactorCount);
}

/** First place of the index, as an i32 position. */
export function indexStart(descriptor: number): number {
  return (descriptor >>> 5) * (indexAlignment / 4);
}

/** log2 of the number of places. */
export function indexBits(descriptor: number): number {
  return descriptor & 31;
}
