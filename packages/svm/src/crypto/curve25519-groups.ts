/** The Edwards points of curve25519, and ristretto255, as curve25519-dalek reads them. */
import { pippenger } from "@noble/curves/abstract/curve.js";
import { ed25519, ristretto255 } from "@noble/curves/ed25519.js";
import { bytesToBigint, rethrowStackOverflow } from "@trireme/core";
import { isOnCurve } from "../runtime/edwards-point.ts";
import { reversed } from "./curve-coordinates.ts";
import { createCurveGroup, type CurveGroup } from "./curve-group.ts";

const Edwards = ed25519.Point;
const Ristretto = ristretto255.Point;

/** All points of the curve: y need not be reduced, and there is no subgroup to be in. */
export const edwardsGroup: CurveGroup = createCurveGroup({
  pointLength: 32,
  costs: { validate: 159, add: 473, subtract: 475, multiply: 2177, multiplyMany: { first: 2273, further: 758 } },
  decode: (bytes) => (isOnCurve(bytes) ? Edwards.fromBytes(bytes, true) : undefined),
  encode: (point) => point.toBytes(),
  scalar,
  sumOfMultiples: (scalars, points) => pippenger(Edwards, points, scalars),
});

/** The group of prime order over it (RFC 9496). */
export const ristrettoGroup: CurveGroup = createCurveGroup({
  pointLength: 32,
  costs: { validate: 169, add: 521, subtract: 519, multiply: 2208, multiplyMany: { first: 2303, further: 788 } },
  decode(bytes) {
    try {
      return Ristretto.fromBytes(bytes);
    } catch (error) {
      rethrowStackOverflow(error);
      return undefined;
    }
  },
  encode: (point) => point.toBytes(),
  scalar,
  sumOfMultiples: (scalars, points) => pippenger(Ristretto, points, scalars),
});

function scalar(bytes: Uint8Array): bigint | undefined {
  const value = bytesToBigint(reversed(bytes));
  return value < Edwards.Fn.ORDER ? value : undefined;
}
