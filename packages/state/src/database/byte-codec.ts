/** Writing and reading the fixed-width and length-prefixed fields of the database's records. Integers are big-endian. */
import { TriremeError } from "@trireme/core";

/** Fields one after the other in a buffer of known size. */
export interface ByteWriter {
  u8(value: number): void;
  u32(value: number): void;
  u64(value: bigint): void;
  raw(bytes: Uint8Array): void;
  /** Length as u32, then the bytes. */
  sized(bytes: Uint8Array): void;
}

/** Writes into `target` from `offset` on. */
export function createByteWriter(target: Uint8Array, offset: number): ByteWriter {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  let position = offset;
  const raw = (bytes: Uint8Array): void => {
    target.set(bytes, position);
    position += bytes.length;
  };
  const u32 = (value: number): void => {
    view.setUint32(position, value);
    position += 4;
  };
  return {
    u8(value) {
      target[position] = value;
      position += 1;
    },
    u32,
    u64(value) {
      view.setBigUint64(position, value);
      position += 8;
    },
    raw,
    sized(bytes) {
      u32(bytes.length);
      raw(bytes);
    },
  };
}

/** The way back. Every read is checked against the end. @throws TriremeError `INVALID_ENCODING` */
export interface ByteReader {
  u8(): number;
  u32(): number;
  u64(): bigint;
  /** A copy. */
  raw(length: number): Uint8Array;
  /** A copy. */
  sized(): Uint8Array;
  /** Throws unless everything was read. */
  end(): void;
}

/** Reads `source` from its first byte. */
export function createByteReader(source: Uint8Array): ByteReader {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  let position = 0;
  const advance = (length: number): number => {
    const start = position;
    if (length > source.length - start) {
      throw new TriremeError("INVALID_ENCODING", `expected ${length} bytes at ${start}, got ${source.length - start}`);
    }
    position = start + length;
    return start;
  };
  const raw = (length: number): Uint8Array => {
    const start = advance(length);
    // Copied through a plain array: `slice` of a Buffer would share its memory.
    return new Uint8Array(source.subarray(start, start + length));
  };
  const u32 = (): number => view.getUint32(advance(4));
  return {
    u8: () => view.getUint8(advance(1)),
    u32,
    u64: () => view.getBigUint64(advance(8)),
    raw,
    sized: () => raw(u32()),
    end() {
      if (position === source.length) return;
      throw new TriremeError("INVALID_ENCODING", `expected ${position} bytes, got ${source.length}`);
    },
  };
}
