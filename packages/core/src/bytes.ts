/** Byte strings: hexadecimal at the edges, comparison, concatenation, big-endian integers. */
import { TriremeError } from "./errors.ts";

/** A `0x`-prefixed hexadecimal string; used at the edges (RPC, CLI, configuration, messages), never inside. */
export type Hex = `0x${string}`;

const HEX_DIGITS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const EMPTY = new Uint8Array(0);

/** The empty byte string. Shared: it has no bytes to write to. */
export const emptyBytes: Uint8Array = EMPTY;

/** `0x`-prefixed lower-case hexadecimal of `bytes`. */
export function bytesToHex(bytes: Uint8Array): Hex {
  let hex = "0x";
  for (let index = 0; index < bytes.length; index++) hex += HEX_DIGITS[bytes[index] as number];
  return hex as Hex;
}

/**
 * Bytes of a `0x`-prefixed hexadecimal string of even length; `length` demands an exact number of bytes.
 * @throws TriremeError `INVALID_HEX` | `INVALID_LENGTH`
 */
export function hexToBytes(hex: string, length?: number): Uint8Array {
  if (!/^0x(?:[0-9a-fA-F]{2})*$/.test(hex)) {
    throw new TriremeError("INVALID_HEX", `expected 0x-prefixed hexadecimal of even length, got ${JSON.stringify(hex.slice(0, 80))}`);
  }
  const size = (hex.length - 2) / 2;
  if (length !== undefined && size !== length) {
    throw new TriremeError("INVALID_LENGTH", `expected ${length} bytes, got ${size}`);
  }
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = Number.parseInt(hex.slice(2 + index * 2, 4 + index * 2), 16);
  return bytes;
}

/** True when both have the same length and bytes. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** Lexicographic order: negative, zero or positive. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** The parts, one after the other, in a new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Big-endian bytes of a non-negative integer, left-padded to `length`. @throws TriremeError `INVALID_LENGTH` when it does not fit. */
export function bigintToBytes(value: bigint, length: number): Uint8Array {
  if (value < 0n || value >= (LIMITS[length] ?? 1n << BigInt(length * 8))) {
    throw new TriremeError("INVALID_LENGTH", `expected an unsigned integer of at most ${length} bytes, got ${value}`);
  }
  if (length <= WORD) {
    writeWord(value);
    return word.slice(WORD - length);
  }
  const hex = value.toString(16);
  return hexToBytes(`0x${hex.padStart(length * 2, "0")}`);
}

/** Unsigned big-endian integer; the empty string is 0. */
export function bytesToBigint(bytes: Uint8Array): bigint {
  const { length } = bytes;
  if (length === 0) return 0n;
  if (length > WORD) return BigInt(bytesToHex(bytes));
  word.fill(0, 0, WORD - length);
  word.set(bytes, WORD - length);
  const low = wordView.getBigUint64(24);
  if (length <= 8) return low;
  const high = (wordView.getBigUint64(0) << 64n) | wordView.getBigUint64(8);
  return (high << 128n) | (wordView.getBigUint64(16) << 64n) | low;
}

// Integers pass through one buffer in 64-bit pieces: 3 to 14 times faster than through hexadecimal text.
const WORD = 32;
const word = new Uint8Array(WORD);
const wordView = new DataView(word.buffer);
/** 2^(8 x index), what an integer of so many bytes stays below. */
const LIMITS: readonly bigint[] = Array.from({ length: WORD + 1 }, (_, length) => 1n << BigInt(length * 8));

function writeWord(value: bigint): void {
  wordView.setBigUint64(24, value);
  wordView.setBigUint64(16, value >> 64n);
  wordView.setBigUint64(8, value >> 128n);
  wordView.setBigUint64(0, value >> 192n);
}
