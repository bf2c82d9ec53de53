/** Writes lengths, integers, bytes and texts one after the other into a buffer that is used again and again. */
import { TriremeError } from "@trireme/core";

const firstCapacity = 4096;
/** A buffer that had to grow beyond this is not kept. */
const keptCapacity = 1 << 20;
/** Texts up to this length are tried as ASCII, a character at a time: quicker than a call to the encoder. */
const shortText = 96;
const lone = /\p{Surrogate}/u;
const utf8 = new TextEncoder();
const safe = BigInt(Number.MAX_SAFE_INTEGER);
const limit = 1n << 256n;

/** A writer. A class: each outcome of a block goes through it field by field. */
export class ByteWriter {
  private bytes = new Uint8Array(firstCapacity);
  private view = new DataView(this.bytes.buffer);
  private at = 0;

  /** Forgets what it wrote. */
  begin(): void {
    this.at = 0;
    if (this.bytes.length > keptCapacity) this.resize(firstCapacity);
  }

  /** What was written since `begin`: a copy. */
  end(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  /** A length or a count. */
  size(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /** @throws TriremeError `INVALID_ARGUMENT` when it takes more than 256 bits */
  integer(value: bigint): void {
    this.reserve(33);
    if (value >= 0n && value <= safe) this.safeInteger(Number(value));
    else this.wideInteger(value);
  }

  /** @throws TriremeError `INVALID_LENGTH` when there are not as many as expected */
  fixed(value: Uint8Array, length: number): void {
    if (value.length !== length) throw new TriremeError("INVALID_LENGTH", `expected ${length} bytes, got ${value.length}`);
    this.raw(value);
  }

  /** Bytes with their length before them. */
  blob(value: Uint8Array): void {
    this.size(value.length);
    this.raw(value);
  }

  text(value: string): void {
    const { length } = value;
    // Three bytes for each unit are enough, and one more for a length that grows with them.
    this.reserve(length * 3 + 10);
    if (length > shortText || !this.asciiText(value)) this.longText(value);
  }

  private raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  private safeInteger(value: number): void {
    const { view, at } = this;
    const low = value >>> 0;
    const high = (value - low) / 0x1_0000_0000;
    view.setUint32(at + 1, low, true);
    view.setUint32(at + 5, high, true);
    const length = high === 0 ? 4 - (Math.clz32(low) >>> 3) : 8 - (Math.clz32(high) >>> 3);
    this.bytes[at] = length;
    this.at = at + 1 + length;
  }

  private wideInteger(value: bigint): void {
    let rest = value < 0n ? -value : value;
    if (rest >= limit) throw new TriremeError("INVALID_ARGUMENT", `expected an integer of at most 256 bits, got ${value}`);
    const start = this.at++;
    let words = 0;
    for (; rest !== 0n; rest >>= 64n) {
      this.view.setBigUint64(this.at, rest, true);
      this.at += 8;
      words++;
    }
    this.bytes[start] = (value < 0n ? 11 : 7) + words;
  }

  private asciiText(value: string): boolean {
    const start = this.at;
    this.size(value.length * 2);
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      if (unit > 127) {
        this.at = start;
        return false;
      }
      this.bytes[this.at++] = unit;
    }
    return true;
  }

  private longText(value: string): void {
    if (lone.test(value)) {
      this.size(value.length * 2 + 1);
      for (let index = 0; index < value.length; index++, this.at += 2) this.view.setUint16(this.at, value.charCodeAt(index), true);
      return;
    }
    // How long it gets is known afterwards: it is written behind the longest length, and moved to its place.
    const start = this.at;
    const { written } = utf8.encodeInto(value, this.bytes.subarray(start + 5));
    this.size(written * 2);
    this.bytes.copyWithin(this.at, start + 5, start + 5 + written);
    this.at += written;
  }

  private reserve(length: number): void {
    const needed = this.at + length;
    if (needed > this.bytes.length) this.resize(Math.max(needed, this.bytes.length * 2));
  }

  private resize(capacity: number): void {
    const bytes = new Uint8Array(capacity);
    bytes.set(this.bytes.subarray(0, this.at));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
