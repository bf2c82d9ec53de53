/** Writes a receipt front to back: little-endian integers, lengths in 16 bits. */

/** One buffer for all receipts of this thread: they are made one at a time. */
let buffer = new Uint8Array(4096);
let view = new DataView(buffer.buffer);

/** A writer; making another one gives up what an unfinished one wrote. */
export class ReceiptWriter {
  #length = 0;

  u8(value: number): void {
    buffer[this.#advance(1)] = value;
  }

  u16(value: number): void {
    view.setUint16(this.#advance(2), value, true);
  }

  u32(value: number): void {
    view.setUint32(this.#advance(4), value, true);
  }

  u64(value: bigint): void {
    view.setBigUint64(this.#advance(8), value, true);
  }

  bytes(bytes: Uint8Array): void {
    buffer.set(bytes, this.#advance(bytes.length));
  }

  /** Bytes behind their length. */
  sized(bytes: Uint8Array): void {
    this.u16(bytes.length);
    this.bytes(bytes);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return buffer.slice(0, this.#length);
  }

  #advance(count: number): number {
    const start = this.#length;
    this.#length = start + count;
    if (this.#length > buffer.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(buffer.subarray(0, start));
      buffer = larger;
      view = new DataView(buffer.buffer);
    }
    return start;
  }
}
