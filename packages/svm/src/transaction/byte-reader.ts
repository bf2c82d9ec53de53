/** Reads Solana's wire formats, front to back. */

/** Thrown at the first byte that does not fit; whoever starts a reader turns it into a value. */
export class WireFault extends Error {}

/** A cursor over bytes, from `start` on. Every method throws `WireFault` where there are not enough. */
export class ByteReader {
  readonly bytes: Uint8Array;
  private readonly start: number;
  private at: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.bytes = bytes;
    this.start = start;
    this.at = start;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.at - this.start;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.bytes[this.advance(1)] as number;
  }

  u16(): number {
    const at = this.advance(2);
    return (this.bytes[at] as number) | ((this.bytes[at + 1] as number) << 8);
  }

  u32(): number {
    return this.u32At(this.advance(4));
  }

  u64(): bigint {
    const at = this.advance(8);
    return BigInt(this.u32At(at)) | (BigInt(this.u32At(at + 4)) << 32n);
  }

  /** Solana's compact-u16: 7 bits a byte, at most 3 bytes, the shortest form only. */
  compactU16(): number {
    const start = this.offset;
    let value = 0;
    for (let index = 0; index < 3; index++) {
      const byte = this.u8();
      value |= (byte & 0x7f) << (7 * index);
      if (byte >= 0x80) continue;
      if (byte === 0 && index > 0) throw new WireFault(`expected the shortest form of a compact-u16 at ${start}, got an alias of it`);
      if (value > 0xffff) break;
      return value;
    }
    throw new WireFault(`expected a compact-u16 at ${start}, got a value above 65,535`);
  }

  /** A copy of the next `length` bytes. */
  slice(length: number): Uint8Array {
    const at = this.advance(length);
    return this.bytes.slice(at, at + length);
  }

  // A DataView for each transaction would take longer than the few numbers in it.
  private u32At(at: number): number {
    const { bytes } = this;
    const high = ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    return ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | high) >>> 0;
  }

  private advance(length: number): number {
    const { at } = this;
    if (at + length > this.bytes.length) throw new WireFault(`expected ${length} bytes at ${this.offset}, got ${this.left}`);
    this.at = at + length;
    return at;
  }
}
