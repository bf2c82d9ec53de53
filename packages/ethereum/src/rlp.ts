/**
 * RLP, as strict as the Yellow Paper's appendix B: one canonical encoding for every value. Input comes from strangers:
 * depth is bounded, and an error names the field that is wrong. Nothing is copied per level, either way.
 */
import { bigintToBytes, bytesToBigint, emptyBytes, TriremeError } from "@trireme/core";

/** A byte string or a list. */
export type RlpItem = Uint8Array | readonly RlpItem[];

/** No structure of Ethereum nests deeper than six lists. */
const MAX_DEPTH = 16;
const TWO_TO_48 = 1n << 48n;
const TWO_TO_256 = 1n << 256n;

/** RLP of a value; the input is not kept. */
export function encodeRlp(item: RlpItem): Uint8Array {
  const bytes = new Uint8Array(sizeOf(item));
  writeItem(item, bytes, 0);
  return bytes;
}

/**
 * The one item that `bytes` encode. Byte strings are views of `bytes`.
 * @throws TriremeError `INVALID_ENCODING` on lengths that are not minimal, bytes that are missing or left over, or
 * more than 16 nested lists.
 */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  const cursor = { bytes, at: 0 };
  const item = readItem(cursor, bytes.length, 0);
  if (cursor.at !== bytes.length)
    throw invalid(`expected the end of the RLP after ${cursor.at} bytes, got ${bytes.length - cursor.at} more`);
  return item;
}

/** The list whose items are encoded in `payload`, one after the other. */
export function rlpListOf(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerSize(payload.length) + payload.length);
  bytes.set(payload, writeHeader(payload.length, 0xc0, bytes, 0));
  return bytes;
}

/** A non-negative integer as RLP has it: big-endian without leading zeros, 0 is the empty string. */
export function integerToRlp(value: bigint): Uint8Array {
  if (value === 0n) return emptyBytes;
  if (value > 0n && value < TWO_TO_48) return bytesOfNumber(Number(value));
  const word = bigintToBytes(value, value < TWO_TO_256 ? 32 : (value.toString(16).length + 1) >> 1);
  let zeros = 0;
  while (word[zeros] === 0) zeros++;
  return word.subarray(zeros);
}

/** Reads an integer of at most `maxBytes` bytes. @throws TriremeError `INVALID_ENCODING` naming `field` */
export function readInteger(item: RlpItem | undefined, maxBytes: number, field: string): bigint {
  const bytes = readBytes(item, field);
  if (bytes.length > maxBytes) throw invalid(`expected ${field} of at most ${maxBytes} bytes, got ${bytes.length}`);
  if (bytes[0] === 0) throw invalid(`expected ${field} without leading zeros`);
  if (bytes.length > 6) return bytesToBigint(bytes);
  let value = 0;
  for (let index = 0; index < bytes.length; index++) value = value * 256 + (bytes[index] as number);
  return BigInt(value);
}

/** Reads a byte string, of exactly `length` bytes where given. @throws TriremeError `INVALID_ENCODING` naming `field` */
export function readBytes(item: RlpItem | undefined, field: string, length?: number): Uint8Array {
  if (!(item instanceof Uint8Array))
    throw invalid(`expected ${field} to be a byte string, got ${item === undefined ? "nothing" : "a list"}`);
  if (length !== undefined && item.length !== length) throw invalid(`expected ${field} of ${length} bytes, got ${item.length}`);
  return item;
}

/** Reads a list, of exactly `length` items where given. @throws TriremeError `INVALID_ENCODING` naming `field` */
export function readList(item: RlpItem | undefined, field: string, length?: number): readonly RlpItem[] {
  if (item === undefined || item instanceof Uint8Array) {
    throw invalid(`expected ${field} to be a list, got ${item === undefined ? "nothing" : "a byte string"}`);
  }
  if (length !== undefined && item.length !== length) throw invalid(`expected ${field} of ${length} items, got ${item.length}`);
  return item;
}

function encodesItself(bytes: Uint8Array): boolean {
  return bytes.length === 1 && (bytes[0] as number) < 0x80;
}

function sizeOf(item: RlpItem): number {
  if (item instanceof Uint8Array) return encodesItself(item) ? 1 : headerSize(item.length) + item.length;
  const length = payloadSize(item);
  return headerSize(length) + length;
}

function payloadSize(items: readonly RlpItem[]): number {
  let size = 0;
  for (const item of items) size += sizeOf(item);
  return size;
}

function headerSize(length: number): number {
  return length < 56 ? 1 : 1 + sizeOfNumber(length);
}

/** Writes an item at `at` and gives the place after it. */
function writeItem(item: RlpItem, target: Uint8Array, at: number): number {
  if (item instanceof Uint8Array) {
    const start = encodesItself(item) ? at : writeHeader(item.length, 0x80, target, at);
    target.set(item, start);
    return start + item.length;
  }
  let end = writeHeader(payloadSize(item), 0xc0, target, at);
  for (const inner of item) end = writeItem(inner, target, end);
  return end;
}

function writeHeader(length: number, kind: 0x80 | 0xc0, target: Uint8Array, at: number): number {
  if (length < 56) {
    target[at] = kind + length;
    return at + 1;
  }
  const size = sizeOfNumber(length);
  target[at] = kind + 55 + size;
  writeNumber(length, size, target, at + 1);
  return at + 1 + size;
}

function bytesOfNumber(value: number): Uint8Array {
  const size = sizeOfNumber(value);
  const bytes = new Uint8Array(size);
  writeNumber(value, size, bytes, 0);
  return bytes;
}

function sizeOfNumber(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 256; rest /= 256) size++;
  return size;
}

function writeNumber(value: number, size: number, target: Uint8Array, at: number): void {
  for (let rest = value, index = at + size - 1; index >= at; index--) {
    target[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function readItem(cursor: Cursor, end: number, depth: number): RlpItem {
  const first = cursor.bytes[cursor.at];
  if (first === undefined || cursor.at >= end) throw invalid(`expected an RLP item at byte ${cursor.at}, got the end`);
  cursor.at++;
  if (first < 0x80) return cursor.bytes.subarray(cursor.at - 1, cursor.at);
  const isList = first >= 0xc0;
  const short = first - (isList ? 0xc0 : 0x80);
  const length = short < 56 ? short : readLength(cursor, short - 55, end);
  const stop = cursor.at + length;
  if (stop > end) throw invalid(`expected ${length} bytes of RLP at byte ${cursor.at}, got ${end - cursor.at}`);
  if (isList) {
    if (depth === MAX_DEPTH) throw invalid(`expected at most ${MAX_DEPTH} nested RLP lists`);
    const items: RlpItem[] = [];
    while (cursor.at < stop) items.push(readItem(cursor, stop, depth + 1));
    return items;
  }
  if (length === 1 && (cursor.bytes[cursor.at] as number) < 0x80)
    throw invalid(`expected a byte below 0x80 to encode itself, got a prefix`);
  const bytes = cursor.bytes.subarray(cursor.at, stop);
  cursor.at = stop;
  return bytes;
}

function readLength(cursor: Cursor, size: number, end: number): number {
  if (cursor.at + size > end) throw invalid(`expected an RLP length of ${size} bytes, got ${end - cursor.at}`);
  let length = 0;
  for (let index = 0; index < size; index++) {
    const byte = cursor.bytes[cursor.at++] as number;
    if (index === 0 && byte === 0) throw invalid("expected an RLP length without leading zeros");
    length = length * 256 + byte;
  }
  if (length < 56) throw invalid(`expected the short form for an RLP item of ${length} bytes`);
  return length;
}

function invalid(message: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", message);
}
