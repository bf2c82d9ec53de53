/** Reads Solana's wire formats, front to back. */

/** Thrown at the first byte that does not fit; whoever starts a reader turns it into a value. */
export class WireFault extends Error {}

/** A cursor over bytes. Every method throws `WireFault` where there are not enough. */
export class ByteReader {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.offset;
  }

  u8(): number {
    return this.bytes[this.advance(1)] as number;
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.advance(8), true);
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
    const start = this.advance(length);
    return this.bytes.slice(start, start + length);
  }

  private advance(length: number): number {
    const start = this.offset;
    if (start + length > this.bytes.length) throw new WireFault(`expected ${length} bytes at ${start}, got ${this.bytes.length - start}`);
    this.offset = start + length;
    return start;
  }
}
