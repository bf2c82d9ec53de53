/** The program's memory as host functions read and write it: every range is checked, what is read is copied. */
import { bigintToBytes, bytesToBigint, type Address } from "@trireme/core";
import { fail, type ProgramFrame } from "./program-frame.ts";

/** The memory of one program; pointers are taken as unsigned. */
export interface GuestMemory {
  /** The bytes as they are now: growing replaces them. */
  bytes(): Uint8Array;
}

/** Words and addresses: V8's own copy takes longer to begin than they take. */
const mostCopiedByHand = 32;

/** The memory that an instance exports. */
export function createGuestMemory(memory: { readonly buffer: ArrayBufferLike }): GuestMemory {
  let view = new Uint8Array(memory.buffer);
  return {
    bytes() {
      // Growing detaches the buffer, and its views become empty.
      if (view.length === 0) view = new Uint8Array(memory.buffer);
      return view;
    },
  };
}

/** Copies bytes out of the program. @throws the failure signal when they are not all there. */
export function readGuest(frame: ProgramFrame, pointer: number, length: number): Uint8Array {
  const bytes = frame.memory.bytes();
  const start = pointer >>> 0;
  const size = length >>> 0;
  if (start + size > bytes.length) fail(frame, "memory access out of bounds");
  if (size > mostCopiedByHand) return bytes.slice(start, start + size);
  const copy = new Uint8Array(size);
  for (let index = 0; index < size; index++) copy[index] = bytes[start + index] as number;
  return copy;
}

/** The program's own bytes, for who has done with them before the program goes on. @throws the failure signal when they are not all there. */
export function viewGuest(frame: ProgramFrame, pointer: number, length: number): Uint8Array {
  const bytes = frame.memory.bytes();
  const start = pointer >>> 0;
  const end = start + (length >>> 0);
  if (end > bytes.length) fail(frame, "memory access out of bounds");
  return bytes.subarray(start, end);
}

/** Copies bytes into the program. @throws the failure signal when there is no room for them. */
export function writeGuest(frame: ProgramFrame, pointer: number, data: Uint8Array): void {
  const bytes = frame.memory.bytes();
  const start = pointer >>> 0;
  if (start + data.length > bytes.length) fail(frame, "memory access out of bounds");
  bytes.set(data, start);
}

/** 20 bytes. */
export function readAddress(frame: ProgramFrame, pointer: number): Address {
  return readGuest(frame, pointer, 20) as Address;
}

/** 32 bytes. */
export function readWord(frame: ProgramFrame, pointer: number): Uint8Array {
  return readGuest(frame, pointer, 32);
}

/** A big-endian integer of 32 bytes. */
export function readInteger(frame: ProgramFrame, pointer: number): bigint {
  return bytesToBigint(readWord(frame, pointer));
}

/** A big-endian integer of 32 bytes; what is above them is cut off. */
export function writeInteger(frame: ProgramFrame, pointer: number, value: bigint): void {
  writeGuest(frame, pointer, bigintToBytes(BigInt.asUintN(256, value), 32));
}

/** A little-endian u32: lengths are the only integers in WebAssembly's own order. */
export function writeLength(frame: ProgramFrame, pointer: number, value: number): void {
  writeGuest(frame, pointer, Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24));
}
