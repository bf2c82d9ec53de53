/** Points of pairing-friendly curves for tests: in the subgroup, beside it, off the curve, badly encoded. */
import type { IField } from "@noble/curves/abstract/modular.js";
import type { Fp2 } from "@noble/curves/abstract/tower.js";
import type { WeierstrassPoint, WeierstrassPointCons } from "@noble/curves/abstract/weierstrass.js";
import { bigintToBytes } from "@trireme/core";
import * as fc from "fast-check";

/** A curve as tests see it. Coordinates are lists of numbers of `length` bytes, real part first. */
export interface TestCurve<F> {
  readonly Point: WeierstrassPointCons<F>;
  readonly field: IField<F>;
  readonly length: number;
  readonly parts: (value: F) => readonly bigint[];
  readonly small: (value: bigint) => F;
}

export const partsOf = ({ c0, c1 }: Fp2): readonly bigint[] => [c0, c1];

/** Multiples of the base point. */
export function members<F>({ Point }: TestCurve<F>): readonly WeierstrassPoint<F>[] {
  return [1n, 2n, 3n, 123456789n, Point.Fn.ORDER - 1n].map((scalar) => Point.BASE.multiplyUnsafe(scalar));
}

/** Points of the curve with small x: where the cofactor is large, none of them is in the subgroup. */
export function strangers<F>({ Point, field, small }: TestCurve<F>): readonly WeierstrassPoint<F>[] {
  const found: WeierstrassPoint<F>[] = [];
  for (let number = 1n; found.length < 4; number++) {
    const x = small(number);
    try {
      found.push(Point.fromAffine({ x, y: field.sqrt(field.add(field.mul(field.sqr(x), x), Point.CURVE().b)) }));
    } catch {
      // No point has this x.
    }
  }
  return found;
}

/** One coordinate, little endian. */
export function coordinateBytes<F>({ parts, length }: TestCurve<F>, value: F): Uint8Array {
  return joined(parts(value).map((part) => bigintToBytes(part, length).reverse()));
}

/** x and y, little endian; infinity is zeros. */
export function pointBytes<F>(curve: TestCurve<F>, point: WeierstrassPoint<F>): Uint8Array {
  const { x, y } = point.toAffine();
  const bytes = joined([coordinateBytes(curve, x), coordinateBytes(curve, y)]);
  return point.is0() ? new Uint8Array(bytes.length) : bytes;
}

/** Bytes in which something was changed: a bit of a flag, a byte, an order added to the first number. */
export function spoiled(bytes: fc.Arbitrary<Uint8Array>, length: number, order: bigint): fc.Arbitrary<Uint8Array> {
  const change = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(
        fc.constantFrom(0, 1, 2, 3).map((part) => part * length + length - 1),
        fc.constantFrom(0x20, 0x40, 0x80, 0xc0, 0xa0, 0xe0),
      ),
    },
    { weight: 2, arbitrary: fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 255 })) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(-1, -2, -3, -4), fc.constant(0)) },
  );
  return fc.tuple(bytes, change).map(([whole, [at, flip]]) => {
    const copy = whole.slice();
    if (at >= 0) copy[at % copy.length] = (copy[at % copy.length] as number) ^ flip;
    else {
      const part = copy.subarray((-at - 1) * length, -at * length);
      const sum = part.length === 0 ? 0n : BigInt(`0x${Buffer.from(part).reverse().toString("hex")}`) + order;
      if (sum > 0n && sum < 1n << BigInt(8 * length)) part.set(bigintToBytes(sum, length).reverse());
    }
    return copy;
  });
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** From one byte order to the other. */
export function turned(bytes: Uint8Array, length: number): Uint8Array {
  const parts: number[] = [];
  for (let at = 0; at < bytes.length; at += length) parts.push(...bytes.slice(at, at + length).reverse());
  return Uint8Array.from(parts);
}
