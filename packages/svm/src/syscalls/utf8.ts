/** Text of programs: UTF-8, and what is wrong with it in the words of Rust's `Utf8Error`. */
import { rethrowStackOverflow } from "@trireme/core";
import { syscallFault } from "./guest.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes text. @throws ProgramFault `InvalidString` */
export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    rethrowStackOverflow(error);
    const shown = Array.from(bytes).join(", ");
    throw syscallFault("InvalidString", `${utf8Error(bytes)}: [${shown}]`);
  }
}

function utf8Error(bytes: Uint8Array): string {
  let index = 0;
  while (index < bytes.length) {
    const { length, isWhole, isCut } = sequenceAt(bytes, index);
    if (isWhole) index += length;
    else if (isCut) return `incomplete utf-8 byte sequence from index ${index}`;
    else return `invalid utf-8 sequence of ${length} bytes from index ${index}`;
  }
  return "invalid utf-8";
}

/** The sequence at an index: its length, or that of the part that cannot be continued. */
function sequenceAt(bytes: Uint8Array, index: number): { length: number; isWhole: boolean; isCut: boolean } {
  const first = bytes[index] as number;
  const wanted = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (wanted === 0) return { length: 1, isWhole: false, isCut: false };
  for (let length = 1; length < wanted; length++) {
    const next = bytes[index + length];
    if (next === undefined) return { length, isWhole: false, isCut: true };
    if (next < lowest(first, length) || next > highest(first, length)) return { length, isWhole: false, isCut: false };
  }
  return { length: wanted, isWhole: true, isCut: false };
}

/** Second bytes that would make an overlong form are no continuation (Unicode table 3-7). */
function lowest(first: number, place: number): number {
  if (place === 1 && first === 0xe0) return 0xa0;
  return place === 1 && first === 0xf0 ? 0x90 : 0x80;
}

/** Nor are those that would make a surrogate or pass the last code point. */
function highest(first: number, place: number): number {
  if (place === 1 && first === 0xed) return 0x9f;
  return place === 1 && first === 0xf4 ? 0x8f : 0xbf;
}
