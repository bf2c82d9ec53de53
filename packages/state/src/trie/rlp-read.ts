/** Reading RLP of nodes that somebody else wrote. */
import { TriremeError } from "@trireme/core";

/** An item of a list. */
export interface RlpItem {
  readonly isList: boolean;
  /** With its header. */
  readonly encoded: Uint8Array;
  /** A string's bytes, a list's items as they stand. */
  readonly payload: Uint8Array;
}

/** The items of a list that fills `bytes`. @throws TriremeError `INVALID_PROOF` */
export function readList(bytes: Uint8Array): RlpItem[] {
  const list = readItem(bytes, 0);
  if (!list.isList || list.encoded.length !== bytes.length) throw malformed("one RLP list", `${bytes.length} bytes that are none`);
  const items: RlpItem[] = [];
  for (let offset = 0; offset < list.payload.length;) {
    const item = readItem(list.payload, offset);
    items.push(item);
    offset += item.encoded.length;
  }
  return items;
}

/** The string that fills `bytes`. @throws TriremeError `INVALID_PROOF` */
export function readString(bytes: Uint8Array): Uint8Array {
  const item = readItem(bytes, 0);
  if (item.isList || item.encoded.length !== bytes.length) throw malformed("one RLP string", `${bytes.length} bytes that are none`);
  return item.payload;
}

function readItem(bytes: Uint8Array, offset: number): RlpItem {
  const first = bytes[offset];
  if (first === undefined) throw malformed("an RLP item", "the end of the data");
  if (first < 0x80) return itemAt(bytes, offset, offset, 1, false);
  const isList = first >= 0xc0;
  const short = first - (isList ? 0xc0 : 0x80);
  if (short < 56) return itemAt(bytes, offset, offset + 1, short, isList);
  const lengthSize = short - 55;
  let length = 0;
  // 6 bytes are the most that a number holds exactly; anything near it runs over the end anyway.
  for (let index = 1; index <= Math.min(lengthSize, 6); index++) length = length * 256 + (bytes[offset + index] ?? 0);
  if (lengthSize > 6 || length < 56 || bytes[offset + 1] === 0)
    throw malformed("a minimal RLP length", `a header of ${1 + lengthSize} bytes`);
  return itemAt(bytes, offset, offset + 1 + lengthSize, length, isList);
}

function itemAt(bytes: Uint8Array, offset: number, start: number, length: number, isList: boolean): RlpItem {
  const end = start + length;
  if (end > bytes.length) throw malformed(`${length} bytes of an RLP item`, `${bytes.length - start}`);
  if (start === offset + 1 && length === 1 && !isList && (bytes[start] as number) < 0x80) {
    throw malformed("a byte below 0x80 as itself", "one with a header");
  }
  return { isList, encoded: bytes.subarray(offset, end), payload: bytes.subarray(start, end) };
}

function malformed(expected: string, got: string): TriremeError {
  return new TriremeError("INVALID_PROOF", `expected ${expected}, got ${got}`);
}
