/** Multiples of points by an endomorphism that is itself a multiplication: a quarter or half of the doublings. */
import { interleavedMSMUnsafe } from "@noble/curves/abstract/curve.js";
import type { WeierstrassPoint, WeierstrassPointCons } from "@noble/curves/abstract/weierstrass.js";

const windowSize = 4;

/** Multiplies a point of the subgroup by a scalar below its order; `step` multiplies a point by `base`, cheaply. */
export function multiplyByDigits<F>(
  Point: WeierstrassPointCons<F>,
  point: WeierstrassPoint<F>,
  scalar: bigint,
  base: bigint,
  step: (point: WeierstrassPoint<F>) => WeierstrassPoint<F>,
): WeierstrassPoint<F> {
  if (point.is0()) return point;
  const digits: bigint[] = [];
  const points: WeierstrassPoint<F>[] = [];
  for (let rest = scalar, power = point; rest > 0n; rest /= base) {
    digits.push(rest % base);
    points.push(power);
    if (rest >= base) power = step(power);
  }
  return interleavedMSMUnsafe(Point, points, windowSize)(digits);
}
