/**
 * Reads the items of an RLP list where they stand, one after the other, without making a list of them first. As strict as
 * `decodeRlp`: what one of them accepts the other accepts.
 */
import { bytesToBigint, TriremeError } from "@trireme/core";

/** A place in bytes, and where the list ends that is read. */
export interface RlpCursor {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
}

/** Steps into the list at the cursor; `leaveList` takes what it returns. @throws TriremeError `INVALID_ENCODING` naming `field` */
export function enterList(cursor: RlpCursor, field: string): number {
  const first = nextByte(cursor, field);
  if (first < 0xc0) throw invalid(`expected ${field} to be a list, got a byte string`);
  cursor.at++;
  const outer = cursor.end;
  cursor.end = endOfPayload(cursor, first - 0xc0);
  return outer;
}

/** Steps out of a list. @throws TriremeError `INVALID_ENCODING` where items of it are left */
export function leaveList(cursor: RlpCursor, outer: number, field: string): void {
  if (cursor.at !== cursor.end) throw invalid(`expected the end of ${field}, got ${cursor.end - cursor.at} bytes more`);
  cursor.end = outer;
}

/** Whether items of the list are left. */
export function hasItems(cursor: RlpCursor): boolean {
  return cursor.at < cursor.end;
}

/** The byte string at the cursor, of exactly `length` bytes where given: a view. @throws TriremeError `INVALID_ENCODING` naming `field` */
export function takeBytes(cursor: RlpCursor, field: string, length?: number): Uint8Array {
  const size = enterBytes(cursor, field);
  if (length !== undefined && size !== length) throw invalid(`expected ${field} of ${length} bytes, got ${size}`);
  const start = cursor.at;
  cursor.at = start + size;
  return cursor.bytes.subarray(start, cursor.at);
}

/** The integer at the cursor, of at most `maxBytes` bytes. @throws TriremeError `INVALID_ENCODING` naming `field` */
export function takeInteger(cursor: RlpCursor, maxBytes: number, field: string): bigint {
  const start = enterInteger(cursor, maxBytes, field);
  const { bytes, at: end } = cursor;
  if (end - start > 12) return bytesToBigint(bytes.subarray(start, end));
  // Six bytes fit a double exactly.
  const middle = Math.max(start, end - 6);
  const low = BigInt(numberAt(bytes, middle, end));
  return middle === start ? low : (BigInt(numberAt(bytes, start, middle)) << 48n) | low;
}

/** Steps over an integer of at most `maxBytes` bytes. @throws TriremeError `INVALID_ENCODING` naming `field` */
export function skipInteger(cursor: RlpCursor, maxBytes: number, field: string): void {
  enterInteger(cursor, maxBytes, field);
}

/** Steps over an integer and gives the place of its first byte. */
function enterInteger(cursor: RlpCursor, maxBytes: number, field: string): number {
  const size = enterBytes(cursor, field);
  if (size > maxBytes) throw invalid(`expected ${field} of at most ${maxBytes} bytes, got ${size}`);
  const start = cursor.at;
  if (size > 0 && cursor.bytes[start] === 0) throw invalid(`expected ${field} without leading zeros`);
  cursor.at = start + size;
  return start;
}

/** Steps to the first byte of a byte string and gives its length. */
function enterBytes(cursor: RlpCursor, field: string): number {
  const first = nextByte(cursor, field);
  if (first < 0x80) return 1;
  if (first >= 0xc0) throw invalid(`expected ${field} to be a byte string, got a list`);
  cursor.at++;
  const size = endOfPayload(cursor, first - 0x80) - cursor.at;
  if (size === 1 && (cursor.bytes[cursor.at] as number) < 0x80) throw invalid(`expected a byte below 0x80 to encode itself, got a prefix`);
  return size;
}

function nextByte({ bytes, at, end }: RlpCursor, field: string): number {
  if (at >= end) throw invalid(`expected ${field}, got the end of the list`);
  return bytes[at] as number;
}

/** Where the payload ends that begins at the cursor, or behind the length that stands there. */
function endOfPayload(cursor: RlpCursor, short: number): number {
  const length = short < 56 ? short : readLength(cursor, short - 55);
  if (cursor.at + length > cursor.end) throw invalid(`expected ${length} bytes of RLP at byte ${cursor.at}, got ${cursor.end - cursor.at}`);
  return cursor.at + length;
}

function readLength(cursor: RlpCursor, size: number): number {
  const { bytes, at, end } = cursor;
  if (at + size > end) throw invalid(`expected an RLP length of ${size} bytes, got ${end - at}`);
  if (bytes[at] === 0) throw invalid("expected an RLP length without leading zeros");
  const length = numberAt(bytes, at, at + size);
  if (length < 56) throw invalid(`expected the short form for an RLP item of ${length} bytes`);
  cursor.at += size;
  return length;
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index++) value = value * 256 + (bytes[index] as number);
  return value;
}

function invalid(message: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", message);
}
