/** Reads Solidity's ABI encoding of the gateway's arguments. Total: whatever does not fit is an `AbiFault`. */
import { bytesToBigint } from "@trireme/core";

/** What does not fit, for the revert's text. */
export class AbiFault extends Error {}

/** A tuple in ABI encoding: `base` is where its offsets count from. */
export class AbiReader {
  private readonly bytes: Uint8Array;
  private readonly base: number;

  constructor(bytes: Uint8Array, base = 0) {
    this.bytes = bytes;
    this.base = base;
  }

  /** 32 bytes, the word at this place of the tuple's head. A copy. */
  word(place: number): Uint8Array {
    const start = this.startOf(place);
    return this.bytes.slice(start, start + 32);
  }

  /** An address: 12 zero bytes before it. */
  address(place: number): Uint8Array {
    const word = this.word(place);
    if (word.subarray(0, 12).some((byte) => byte !== 0)) throw new AbiFault("expected an address, got more than 20 bytes");
    return word.subarray(12);
  }

  boolean(place: number): boolean {
    const value = this.integer(place);
    if (value > 1) throw new AbiFault(`expected false or true, got ${value}`);
    return value === 1;
  }

  /** An unsigned integer that is used as a length or an offset. */
  integer(place: number): number {
    const start = this.startOf(place);
    const { bytes } = this;
    let value = 0;
    for (let index = start; index < start + 32; index++) value = value * 256 + (bytes[index] as number);
    // Exact below 2^53, and beyond it never small again.
    if (value > 0xffff_ffff) throw new AbiFault(`expected a number below 2^32, got ${bytesToBigint(this.word(place))}`);
    return value;
  }

  /** Length of an array or of `bytes`, as it is written: nothing is read yet, so that what it costs can be paid first. */
  length(place: number): number {
    return this.tail(place).integer(0);
  }

  /** `bytes`: a copy. */
  data(place: number, maxLength = Number.MAX_SAFE_INTEGER): Uint8Array {
    const tail = this.tail(place);
    const length = tail.integer(0);
    const start = tail.base + 32;
    if (length > maxLength) throw new AbiFault(`expected at most ${maxLength} bytes, got ${length}`);
    if (start + length > this.bytes.length) throw new AbiFault(`expected ${length} bytes at ${start}, got ${this.bytes.length - start}`);
    return this.bytes.slice(start, start + length);
  }

  /** An array of at most `maxItems` tuples of `words` static words. */
  tuples<T>(place: number, words: number, maxItems: number, read: (item: AbiReader) => T): T[] {
    return this.array(place, maxItems, (items, index) => read(new AbiReader(this.bytes, items.base + 32 * words * index)));
  }

  /** `bytes[]`: items may share their bytes, so both limits are needed for what the copies take. */
  dataArray(place: number, maxItems: number, maxLength: number): Uint8Array[] {
    return this.array(place, maxItems, (items, index) => items.data(index, maxLength));
  }

  private array<T>(place: number, maxItems: number, read: (items: AbiReader, index: number) => T): T[] {
    const tail = this.tail(place);
    const length = tail.integer(0);
    if (length > maxItems) throw new AbiFault(`expected at most ${maxItems} items, got ${length}`);
    const items = new AbiReader(this.bytes, tail.base + 32);
    const list: T[] = [];
    for (let index = 0; index < length; index++) list.push(read(items, index));
    return list;
  }

  private startOf(place: number): number {
    const start = this.base + 32 * place;
    if (start + 32 > this.bytes.length) throw new AbiFault(`expected a word at byte ${start}, got an end at ${this.bytes.length}`);
    return start;
  }

  private tail(place: number): AbiReader {
    return new AbiReader(this.bytes, this.base + this.integer(place));
  }
}
