/** A cursor over bytes: every read either advances it or throws a `WasmFaultError`. Integers are LEB128 as the specification bounds them. */
import { WasmFaultError } from "../wasm-fault.ts";

/** Where reading stands. */
export interface ByteReader {
  readonly bytes: Uint8Array;
  /** The next byte. */
  at: number;
  /** Reading stops before this byte. */
  end: number;
}

/** Reads one byte. */
export function readByte(reader: ByteReader, what: string): number {
  if (reader.at >= reader.end) throw unexpectedEnd(reader, what);
  return reader.bytes[reader.at++] ?? 0;
}

/** Reads an unsigned integer of 32 bits. */
export function readU32(reader: ByteReader, what: string): number {
  const { bytes, end } = reader;
  const start = reader.at;
  if (start < end) {
    const byte = bytes[start] ?? 0;
    if (byte < 0x80) {
      reader.at = start + 1;
      return byte;
    }
  }
  let value = 0;
  for (let at = start, shift = 0; at < end; at++, shift += 7) {
    const byte = bytes[at] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (shift === 28 && byte > 0x0f) throw badInteger(start, what, "an unsigned integer of 32 bits");
    if (byte < 0x80) {
      reader.at = at + 1;
      return value >>> 0;
    }
  }
  reader.at = end;
  throw unexpectedEnd(reader, what);
}

/** Reads a signed integer of 32 bits. */
export function readS32(reader: ByteReader, what: string): number {
  const { bytes, end } = reader;
  const start = reader.at;
  let value = 0;
  for (let at = start, shift = 0; at < end; at++, shift += 7) {
    const byte = bytes[at] ?? 0;
    value |= (byte & 0x7f) << shift;
    // Of the fifth byte, bits 3 to 6 are the sign and its copies.
    if (shift === 28 && byte > 0x07 && (byte < 0x78 || byte > 0x7f)) throw badInteger(start, what, "a signed integer of 32 bits");
    if (byte < 0x80) {
      reader.at = at + 1;
      return shift < 28 && byte >= 0x40 ? value | (-1 << (shift + 7)) : value;
    }
  }
  reader.at = end;
  throw unexpectedEnd(reader, what);
}

/** The high half of the integer that `readS64` read last; its result is the low half. Halves instead of a BigInt: constants are frequent. */
export let highHalf = 0;

/** Reads a signed integer of 64 bits: returns its low half as a signed integer and leaves the high one in `highHalf`. */
export function readS64(reader: ByteReader, what: string): number {
  const { bytes, end } = reader;
  const start = reader.at;
  let low = 0;
  let high = 0;
  for (let at = start, shift = 0; at < end; at++, shift += 7) {
    const byte = bytes[at] ?? 0;
    const septet = byte & 0x7f;
    if (shift < 28) low |= septet << shift;
    else if (shift === 28) {
      low |= septet << 28;
      high = septet >>> 4;
    } else high |= septet << (shift - 32);
    if (shift === 63 && byte !== 0 && byte !== 0x7f) throw badInteger(start, what, "a signed integer of 64 bits");
    if (byte < 0x80) {
      reader.at = at + 1;
      if (byte >= 0x40) {
        const bits = shift + 7;
        if (bits < 32) {
          low |= -1 << bits;
          high = -1;
        } else if (bits < 64) high |= -1 << (bits - 32);
      }
      highHalf = high | 0;
      return low | 0;
    }
  }
  reader.at = end;
  throw unexpectedEnd(reader, what);
}

/** Reads four bytes, little-endian, as a signed integer. */
export function readFixed32(reader: ByteReader, what: string): number {
  const { bytes, at } = reader;
  if (at + 4 > reader.end) throw unexpectedEnd(reader, what);
  reader.at = at + 4;
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

/** Reads a count of bytes and then them: a view. */
export function readBytes(reader: ByteReader, what: string): Uint8Array {
  const length = readU32(reader, what);
  if (length > reader.end - reader.at) {
    throw new WasmFaultError("unexpectedEnd", `${what}: expected ${length} bytes, got ${reader.end - reader.at}`, reader.at);
  }
  reader.at += length;
  return reader.bytes.subarray(reader.at - length, reader.at);
}

// A byte order mark is part of a name like any other character.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a name: UTF-8 of at most `limit` bytes. */
export function readName(reader: ByteReader, what: string, limit: number): string {
  const start = reader.at;
  const bytes = readBytes(reader, what);
  if (bytes.length > limit) {
    throw new WasmFaultError("limitExceeded", `${what}: expected at most ${limit} bytes, got ${bytes.length}`, start);
  }
  try {
    return utf8.decode(bytes);
  } catch (error) {
    // Anything else is the end of the machine's stack.
    if (!(error instanceof TypeError)) throw error;
    throw new WasmFaultError("badName", `${what}: expected UTF-8, got other bytes`, start);
  }
}

/** Reads the count of a vector; each of its items takes a byte at least, so that no count makes work that the bytes do not pay for. */
export function readCount(reader: ByteReader, what: string, limit = Number.POSITIVE_INFINITY): number {
  const start = reader.at;
  const count = readU32(reader, what);
  if (count > limit) throw new WasmFaultError("limitExceeded", `expected at most ${limit} ${what}, got ${count}`, start);
  if (count > reader.end - reader.at) {
    throw new WasmFaultError("unexpectedEnd", `expected ${count} ${what}, got ${reader.end - reader.at} bytes for them`, start);
  }
  return count;
}

function unexpectedEnd(reader: ByteReader, what: string): WasmFaultError {
  return new WasmFaultError("unexpectedEnd", `expected ${what}, got the end of what holds it`, reader.at);
}

function badInteger(at: number, what: string, form: string): WasmFaultError {
  return new WasmFaultError("badInteger", `${what}: expected ${form} in LEB128, got a longer or larger one`, at);
}
