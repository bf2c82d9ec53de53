/** BLS12-381 as SIMD-0388's syscalls know it: Zcash's encodings as blst reads them, in both byte orders. */
import type { IField } from "@noble/curves/abstract/modular.js";
import { psiFrobenius, type Fp2, type Fp12 } from "@noble/curves/abstract/tower.js";
import type { WeierstrassPoint, WeierstrassPointCons } from "@noble/curves/abstract/weierstrass.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bytesToBigint, rethrowStackOverflow } from "@trireme/core";
import { baseCoordinate, quadraticCoordinate, reversed, reversedParts, type Coordinate } from "./curve-coordinates.ts";
import { multiplyByDigits } from "./multiply-by-digits.ts";
import { createCurveGroup, type CurveGroup, type GroupCosts } from "./curve-group.ts";

/** Byte order of a point's coordinates; in big endian the imaginary part stands first. */
export type ByteOrder = "little" | "big";

const isCompressed = 0x80;
const isInfinite = 0x40;
const isLargerY = 0x20;
const flags = isCompressed | isInfinite | isLargerY;

const { fields, G1, G2 } = bls12_381;
const base = baseCoordinate(fields.Fp.ORDER, 48);
const scalarOrder = fields.Fr.ORDER;
/** The curve's parameter x, without its sign. */
const parameter = 0xd201000000010000n;
let frobenius: ReturnType<typeof psiFrobenius> | undefined;

interface PointKind<F> {
  readonly coordinate: Coordinate<F>;
  readonly field: IField<F>;
  readonly b: F;
  readonly Point: WeierstrassPointCons<F>;
  readonly costs: GroupCosts;
  /** The multiple of a point of the subgroup by a scalar below the order, where there is a faster way than noble's. */
  multiply?(point: WeierstrassPoint<F>, scalar: bigint): WeierstrassPoint<F>;
}

const g1: PointKind<bigint> = {
  coordinate: base,
  field: fields.Fp,
  b: G1.Point.CURVE().b,
  Point: G1.Point,
  costs: { validate: 1565, add: 128, subtract: 129, multiply: 4627 },
};
const g2: PointKind<Fp2> = {
  coordinate: quadraticCoordinate(base),
  field: fields.Fp2,
  b: G2.Point.CURVE().b,
  Point: G2.Point,
  costs: { validate: 1968, add: 203, subtract: 204, multiply: 8255 },
  // In G2 psi multiplies by the curve's parameter, which is negative.
  multiply: (point, scalar) => multiplyByDigits(G2.Point, point, scalar, parameter, (each) => psi(each).negate()),
};

/** G1 in points of 96 bytes, by byte order. */
export const g1Groups: Readonly<Record<ByteOrder, CurveGroup>> = { little: groupOf(g1, "little"), big: groupOf(g1, "big") };
/** G2 in points of 192 bytes, by byte order. */
export const g2Groups: Readonly<Record<ByteOrder, CurveGroup>> = { little: groupOf(g2, "little"), big: groupOf(g2, "big") };

/** A compressed point of the group (48 bytes for G1, 96 for G2) in full; undefined where it is none. */
export function decompressPoint(bytes: Uint8Array, order: ByteOrder): Uint8Array | undefined {
  return bytes.length === base.length ? decompress(g1, bytes, order) : decompress(g2, bytes, order);
}

/** The product of the pairings of points of G1 with points of G2, each list in one piece: 576 bytes, undefined where one is not of its group. */
export function pairingProduct(g1Points: Uint8Array, g2Points: Uint8Array, order: ByteOrder): Uint8Array | undefined {
  const pairs: Parameters<typeof bls12_381.millerLoopBatch>[0] = [];
  for (let index = 0; 96 * index < g1Points.length; index++) {
    const left = decode(g1, g1Points.subarray(96 * index, 96 * index + 96), order, true);
    const right = left && decode(g2, g2Points.subarray(192 * index, 192 * index + 192), order, true);
    if (left === undefined || right === undefined) return undefined;
    // A pairing with infinity is 1.
    if (left.is0() || right.is0()) continue;
    const { x, y } = left.toAffine();
    pairs.push([bls12_381.utils.calcPairingPrecomputes(right), x, y]);
  }
  return targetBytes(fields.Fp12.finalExponentiate(bls12_381.millerLoopBatch(pairs)), order);
}

function groupOf<F>(kind: PointKind<F>, order: ByteOrder): CurveGroup {
  return createCurveGroup<WeierstrassPoint<F>>({
    pointLength: 2 * kind.coordinate.length,
    costs: kind.costs,
    decode: (bytes, isMember) => decode(kind, bytes, order, isMember),
    encode: (point) => encode(kind, point, order),
    multiply: kind.multiply,
    scalar(bytes) {
      const value = bytesToBigint(order === "big" ? bytes : reversed(bytes));
      return value < scalarOrder ? value : undefined;
    },
  });
}

function decompress<F>(kind: PointKind<F>, bytes: Uint8Array, order: ByteOrder): Uint8Array | undefined {
  const point = pointOfX(kind, order === "big" ? reversed(bytes) : Uint8Array.from(bytes));
  return point?.isTorsionFree() === true ? encode(kind, point, order) : undefined;
}

function decode<F>(kind: PointKind<F>, bytes: Uint8Array, order: ByteOrder, isMember: boolean): WeierstrassPoint<F> | undefined {
  const { length } = kind.coordinate;
  const little = order === "big" ? reversedParts(bytes, length) : Uint8Array.from(bytes);
  const flag = (little[length - 1] as number) & flags;
  let point: WeierstrassPoint<F> | undefined;
  if (flag === 0) point = pointOfBoth(kind, little);
  else if (flag === isInfinite && isZeroBeside(little, length - 1, isInfinite)) point = kind.Point.ZERO;
  return point !== undefined && isMember && !point.isTorsionFree() ? undefined : point;
}

function pointOfBoth<F>({ coordinate, field, b, Point }: PointKind<F>, little: Uint8Array): WeierstrassPoint<F> | undefined {
  const x = coordinate.read(little.subarray(0, coordinate.length));
  const y = coordinate.read(little.subarray(coordinate.length));
  if (x === undefined || y === undefined) return undefined;
  const right = field.add(field.mul(field.sqr(x), x), b);
  return field.eql(field.sqr(y), right) ? Point.fromAffine({ x, y }) : undefined;
}

function pointOfX<F>({ coordinate, field, b, Point }: PointKind<F>, little: Uint8Array): WeierstrassPoint<F> | undefined {
  const last = coordinate.length - 1;
  const flag = (little[last] as number) & flags;
  if ((flag & isCompressed) === 0) return undefined;
  if ((flag & isInfinite) !== 0) return isZeroBeside(little, last, isCompressed | isInfinite) ? Point.ZERO : undefined;
  little[last] = (little[last] as number) & ~flags;
  const x = coordinate.read(little);
  if (x === undefined) return undefined;
  let y: F;
  try {
    y = field.sqrt(field.add(field.mul(field.sqr(x), x), b));
  } catch (error) {
    rethrowStackOverflow(error);
    return undefined;
  }
  return Point.fromAffine({ x, y: coordinate.isLarger(y) === ((flag & isLargerY) !== 0) ? y : field.neg(y) });
}

function encode<F>({ coordinate }: PointKind<F>, point: WeierstrassPoint<F>, order: ByteOrder): Uint8Array {
  const bytes = new Uint8Array(2 * coordinate.length);
  if (point.is0()) bytes[coordinate.length - 1] = isInfinite;
  else {
    const { x, y } = point.toAffine();
    bytes.set(coordinate.write(x), 0);
    bytes.set(coordinate.write(y), coordinate.length);
  }
  return order === "big" ? reversedParts(bytes, coordinate.length) : bytes;
}

function isZeroBeside(bytes: Uint8Array, place: number, value: number): boolean {
  return bytes.every((byte, index) => byte === (index === place ? value : 0));
}

/** Coefficients from the lowest on; big endian is the whole of it reversed. */
function targetBytes({ c0, c1 }: Fp12, order: ByteOrder): Uint8Array {
  const { length, write } = g2.coordinate;
  const bytes = new Uint8Array(6 * length);
  [c0.c0, c0.c1, c0.c2, c1.c0, c1.c1, c1.c2].forEach((value, index) => bytes.set(write(value), index * length));
  return order === "big" ? bytes.reverse() : bytes;
}

/** The Frobenius endomorphism, whose constants are worked out when it is first used. */
function psi(point: WeierstrassPoint<Fp2>): WeierstrassPoint<Fp2> {
  frobenius ??= psiFrobenius(fields.Fp, fields.Fp2, fields.Fp2.div(fields.Fp2.ONE, fields.Fp2.NONRESIDUE));
  return frobenius.G2psi(G2.Point, point);
}
