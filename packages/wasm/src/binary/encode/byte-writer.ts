/** Bytes that grow: what the encoder writes into. Integers are written in the fewest bytes. */

/** What was written: `bytes` up to `at`. */
export interface ByteWriter {
  bytes: Uint8Array;
  at: number;
}

/** An empty writer with room for `capacity` bytes; it grows beyond by itself. */
export function createByteWriter(capacity: number): ByteWriter {
  return { bytes: new Uint8Array(Math.max(64, capacity)), at: 0 };
}

/** Makes room for `count` bytes more. */
export function reserve(writer: ByteWriter, count: number): void {
  if (writer.at + count <= writer.bytes.length) return;
  const bytes = new Uint8Array(Math.max(writer.at + count, writer.bytes.length * 2));
  bytes.set(writer.bytes.subarray(0, writer.at));
  writer.bytes = bytes;
}

/** Writes one byte. */
export function writeByte(writer: ByteWriter, byte: number): void {
  if (writer.at === writer.bytes.length) reserve(writer, 1);
  writer.bytes[writer.at++] = byte;
}

/** Writes an unsigned integer of 32 bits, given as a number or as its bits. */
export function writeU32(writer: ByteWriter, value: number): void {
  let rest = value >>> 0;
  while (rest > 0x7f) {
    writeByte(writer, (rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  writeByte(writer, rest);
}

/** Writes a signed integer of 32 bits. */
export function writeS32(writer: ByteWriter, value: number): void {
  let rest = value;
  while (rest > 63 || rest < -64) {
    writeByte(writer, (rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  writeByte(writer, rest & 0x7f);
}

/** Writes a signed integer of 64 bits, given as halves. */
export function writeS64(writer: ByteWriter, low: number, high: number): void {
  let lowRest = low;
  let highRest = high;
  while (!(highRest === 0 && lowRest >= 0 && lowRest <= 63) && !(highRest === -1 && lowRest < 0 && lowRest >= -64)) {
    writeByte(writer, (lowRest & 0x7f) | 0x80);
    lowRest = (lowRest >>> 7) | (highRest << 25);
    highRest >>= 7;
  }
  writeByte(writer, lowRest & 0x7f);
}

/** Writes four bytes, little-endian. */
export function writeFixed32(writer: ByteWriter, value: number): void {
  for (let shift = 0; shift < 32; shift += 8) writeByte(writer, (value >>> shift) & 0xff);
}

/** Writes the bytes without their count. */
export function writeRaw(writer: ByteWriter, bytes: Uint8Array): void {
  reserve(writer, bytes.length);
  writer.bytes.set(bytes, writer.at);
  writer.at += bytes.length;
}

/** Writes a count of bytes and then them. */
export function writeBytes(writer: ByteWriter, bytes: Uint8Array): void {
  writeU32(writer, bytes.length);
  writeRaw(writer, bytes);
}

const utf8 = new TextEncoder();

/** Writes a name. */
export function writeName(writer: ByteWriter, name: string): void {
  writeBytes(writer, utf8.encode(name));
}

/** The most bytes that an unsigned integer of 32 bits takes. */
const longestU32 = 5;

/** Writes what `write` writes, behind its length in bytes. */
export function writeSized(writer: ByteWriter, write: () => void): void {
  reserve(writer, longestU32);
  const sizeAt = writer.at;
  const contentAt = sizeAt + longestU32;
  writer.at = contentAt;
  write();
  const end = writer.at;
  writer.at = sizeAt;
  writeU32(writer, end - contentAt);
  writer.bytes.copyWithin(writer.at, contentAt, end);
  writer.at += end - contentAt;
}
