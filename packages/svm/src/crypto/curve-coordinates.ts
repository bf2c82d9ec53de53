/** Coordinates of points over a prime field and over its quadratic extension, as bytes and in order. */
import type { Fp2 } from "@noble/curves/abstract/tower.js";
import { bigintToBytes, bytesToBigint } from "@trireme/core";

/** How one coordinate stands in bytes: little endian, real part first. Big endian is the whole coordinate reversed. */
export interface Coordinate<F> {
  readonly length: number;
  /** Undefined where a number is not below the field's order. */
  read(bytes: Uint8Array): F | undefined;
  write(value: F): Uint8Array;
  /** Whether a value is greater than its negative; the imaginary part decides unless it is 0. */
  isLarger(value: F): boolean;
}

/** Numbers below `order` in `length` bytes. */
export function baseCoordinate(order: bigint, length: number): Coordinate<bigint> {
  return {
    length,
    read(bytes) {
      const value = bytesToBigint(reversed(bytes));
      return value < order ? value : undefined;
    },
    write: (value) => bigintToBytes(value, length).reverse(),
    isLarger: (value) => value > order >> 1n,
  };
}

/** Pairs of them. */
export function quadraticCoordinate(base: Coordinate<bigint>): Coordinate<Fp2> {
  return {
    length: 2 * base.length,
    read(bytes) {
      const c0 = base.read(bytes.subarray(0, base.length));
      const c1 = base.read(bytes.subarray(base.length));
      return c0 === undefined || c1 === undefined ? undefined : { c0, c1 };
    },
    write({ c0, c1 }) {
      const bytes = new Uint8Array(2 * base.length);
      bytes.set(base.write(c0), 0);
      bytes.set(base.write(c1), base.length);
      return bytes;
    },
    isLarger: ({ c0, c1 }) => base.isLarger(c1 === 0n ? c0 : c1),
  };
}

/** A copy, last byte first. */
export function reversed(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes).reverse();
}

/** A copy whose parts of `length` bytes are reversed each: from one endianness to the other. */
export function reversedParts(bytes: Uint8Array, length: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let at = 0; at < copy.length; at += length) copy.subarray(at, at + length).reverse();
  return copy;
}
