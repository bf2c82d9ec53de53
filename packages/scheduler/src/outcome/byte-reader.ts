/** Reads what `ByteWriter` wrote, and nothing else: what has a shorter form, or another one, is refused. */
import { emptyBytes, TriremeError } from "@trireme/core";

/** Texts up to this length are tried as ASCII, a character at a time: quicker than a call to the decoder. */
const shortText = 16;
// A byte order mark is a part of the text.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lone = /\p{Surrogate}/u;
const safeHigh = 2 ** 21;

/** A reader. A class: each outcome of a block goes through it field by field. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private at = 0;

  /** The bytes are not kept beyond the reader: all that it gives is copied. */
  constructor(bytes: Uint8Array) {
    // Parts of a `Buffer` would share its memory.
    this.bytes = bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** @throws TriremeError `INVALID_ENCODING` when something is left */
  end(): void {
    if (this.at !== this.bytes.length) throw invalid(`no more than ${this.at} bytes`, `${this.bytes.length}`);
  }

  /** @throws TriremeError `INVALID_ENCODING` when it has bits outside `mask` */
  flags(mask: number, what: string): number {
    const flags = this.byte();
    if ((flags & ~mask) !== 0) throw invalid(`flags of ${what}`, `0x${flags.toString(16)}`);
    return flags;
  }

  byte(): number {
    return this.bytes[this.take(1)] as number;
  }

  /** A length or a count, below 2^32. */
  size(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (value > 0xffff_ffff || (byte === 0 && factor > 1)) throw invalid("a length in its shortest form, below 2^32", "another");
      if (byte < 128) return value;
    }
  }

  integer(): bigint {
    const length = this.byte();
    if (length > 7) return this.wideInteger(length);
    const start = this.take(length);
    let value = 0;
    for (let index = start + length - 1; index >= start; index--) value = value * 256 + (this.bytes[index] as number);
    const isShortest = length === 0 || this.bytes[start + length - 1] !== 0;
    if (!isShortest || value > Number.MAX_SAFE_INTEGER) throw invalid("an integer in its shortest form", "another");
    return BigInt(value);
  }

  fixed(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.slice(start, start + length);
  }

  blob(): Uint8Array {
    const length = this.size();
    return length === 0 ? emptyBytes : this.fixed(length);
  }

  text(): string {
    const header = this.size();
    const length = Math.floor(header / 2);
    if (header % 2 === 1) return this.wideText(length);
    return (length <= shortText ? this.asciiText(length) : undefined) ?? this.longText(length);
  }

  /** The position of so many bytes, which are read. */
  private take(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) throw invalid(`${length} bytes more`, `${this.bytes.length - start}`);
    this.at = start + length;
    return start;
  }

  private wideInteger(header: number): bigint {
    const isNegative = header > 11;
    const words = header - (isNegative ? 11 : 7);
    if (words > 4) throw invalid("an integer of at most 256 bits", `a header of ${header}`);
    const start = this.take(words * 8);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + start, words * 8);
    const top = view.getBigUint64(words * 8 - 8, true);
    const isSafe = words === 1 && view.getUint32(4, true) < safeHigh;
    if (top === 0n || (isSafe && !isNegative)) throw invalid("an integer in its shortest form", "another");
    let value = top;
    for (let word = words - 2; word >= 0; word--) value = (value << 64n) | view.getBigUint64(word * 8, true);
    return isNegative ? -value : value;
  }

  /** Undefined, and nothing read, when it is not ASCII. */
  private asciiText(length: number): string | undefined {
    const start = this.take(length);
    let text = "";
    for (let index = start; index < start + length; index++) {
      const unit = this.bytes[index] as number;
      if (unit > 127) {
        this.at = start;
        return undefined;
      }
      text += String.fromCharCode(unit);
    }
    return text;
  }

  private longText(length: number): string {
    const start = this.take(length);
    try {
      return utf8.decode(this.bytes.subarray(start, start + length));
    } catch {
      throw invalid("a text in UTF-8", `${length} other bytes`);
    }
  }

  private wideText(units: number): string {
    const start = this.take(units * 2);
    const parts: string[] = [];
    for (let index = start; index < this.at; index += 2)
      parts.push(String.fromCharCode((this.bytes[index] as number) | ((this.bytes[index + 1] as number) << 8)));
    const text = parts.join("");
    if (!lone.test(text)) throw invalid("a text that UTF-8 has no form for", "one that it has");
    return text;
  }
}

/** @see ByteReader */
export function invalid(expected: string, got: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", `expected ${expected}, got ${got}`);
}
