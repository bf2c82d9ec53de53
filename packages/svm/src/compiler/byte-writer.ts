/** A buffer that grows while a WebAssembly module is written into it. */

/** Writes bytes and LEB128 numbers one after another. */
export interface ByteWriter {
  /** Bytes written so far. */
  readonly length: number;
  byte(value: number): void;
  /** Unsigned LEB128 of an integer below 2^32. */
  unsigned(value: number): void;
  /** Signed LEB128 of a 32-bit integer; also what `i64.const` takes for one. */
  signed(value: number): void;
  /** Signed LEB128 of the 64-bit integer with these halves. */
  signedPair(low: number, high: number): void;
  bytes(source: Uint8Array): void;
  /** Leaves room for a length that is known later. Returns what `close` takes. */
  open(): number;
  /** Writes into that room how many bytes came after it, as five bytes of LEB128. */
  close(mark: number): void;
  /** A view of what was written, valid until the next write. */
  result(): Uint8Array;
}

/** An empty writer. */
export function createByteWriter(capacity: number): ByteWriter {
  return new GrowingWriter(capacity);
}

const lengthRoom = 5;

class GrowingWriter implements ByteWriter {
  length = 0;
  #buffer: Uint8Array;

  constructor(capacity: number) {
    this.#buffer = new Uint8Array(capacity);
  }

  byte(value: number): void {
    if (this.length === this.#buffer.length) this.#grow(1);
    this.#buffer[this.length++] = value;
  }

  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  signed(value: number): void {
    let rest = value | 0;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 127) | 128);
      rest >>= 7;
    }
    this.byte(rest & 127);
  }

  signedPair(low: number, high: number): void {
    let lower = low | 0;
    let upper = high | 0;
    while (upper !== lower >> 31 || lower < -64 || lower > 63) {
      this.byte((lower & 127) | 128);
      lower = (lower >>> 7) | (upper << 25);
      upper >>= 7;
    }
    this.byte(lower & 127);
  }

  bytes(source: Uint8Array): void {
    if (this.length + source.length > this.#buffer.length) this.#grow(source.length);
    this.#buffer.set(source, this.length);
    this.length += source.length;
  }

  open(): number {
    const mark = this.length;
    for (let index = 0; index < lengthRoom; index++) this.byte(0);
    return mark;
  }

  close(mark: number): void {
    let rest = this.length - mark - lengthRoom;
    for (let index = 0; index < lengthRoom; index++) {
      this.#buffer[mark + index] = (rest & 127) | (index === lengthRoom - 1 ? 0 : 128);
      rest >>>= 7;
    }
  }

  result(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(2 * this.#buffer.length, this.length + needed));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}
