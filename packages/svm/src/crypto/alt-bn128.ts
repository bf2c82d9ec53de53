/** alt_bn128 (bn254): points as arkworks reads and writes them, sums, multiples, pairings, compression. Little endian throughout. */
import type { IField } from "@noble/curves/abstract/modular.js";
import { psiFrobenius, type Fp2 } from "@noble/curves/abstract/tower.js";
import type { WeierstrassPoint, WeierstrassPointCons } from "@noble/curves/abstract/weierstrass.js";
import { bn254 } from "@noble/curves/bn254.js";
import { bytesToBigint, rethrowStackOverflow } from "@trireme/core";
import { baseCoordinate, quadraticCoordinate, reversed, type Coordinate } from "./curve-coordinates.ts";
import { multiplyByDigits } from "./multiply-by-digits.ts";

/** One of the two groups; results are undefined where the input is malformed. */
export interface AltBn128Group {
  /** Bytes of a coordinate: a point has two, a compressed one has one. */
  readonly coordinateLength: number;
  /** Points of G2 need not be in the subgroup. */
  add(left: Uint8Array, right: Uint8Array): Uint8Array | undefined;
  /** The scalar is any number of 32 bytes. */
  multiply(point: Uint8Array, scalar: Uint8Array): Uint8Array | undefined;
  /** Off the curve as on it: only the sign of y is looked at. */
  compress(point: Uint8Array): Uint8Array | undefined;
  /** Points of G2 need not be in the subgroup. */
  decompress(bytes: Uint8Array): Uint8Array | undefined;
}

/** Flags in the last byte of the last coordinate; y's sign counts only in compressed points. */
const isLargerY = 0x80;
const isInfinite = 0x40;
const flags = isLargerY | isInfinite;

const { fields, G1, G2 } = bn254;
const order = fields.Fr.ORDER;

interface PointKind<F> {
  readonly coordinate: Coordinate<F>;
  readonly field: IField<F>;
  readonly b: F;
  readonly Point: WeierstrassPointCons<F>;
  /** The multiple of a point of the subgroup by a scalar below the order. */
  multiply(point: WeierstrassPoint<F>, scalar: bigint): WeierstrassPoint<F>;
}

/** Coordinates without a promise; infinity has none. */
type Affine<F> = { readonly x: F; readonly y: F } | "infinity";

const base = baseCoordinate(fields.Fp.ORDER, 32);
let frobenius: ReturnType<typeof psiFrobenius> | undefined;
/** 6x² of the curve's parameter x: in G2 psi multiplies by it. */
const eigenvalue = 6n * 4965661367192848881n ** 2n;
const g1: PointKind<bigint> = {
  coordinate: base,
  field: fields.Fp,
  b: G1.Point.CURVE().b,
  Point: G1.Point,
  multiply: (point, scalar) => point.multiplyUnsafe(scalar),
};
const g2: PointKind<Fp2> = {
  coordinate: quadraticCoordinate(base),
  field: fields.Fp2,
  b: G2.Point.CURVE().b,
  Point: G2.Point,
  multiply: (point, scalar) => multiplyByDigits(G2.Point, point, scalar, eigenvalue, (each) => psi(each)),
};

export const g1Group: AltBn128Group = groupOf(g1);
export const g2Group: AltBn128Group = groupOf(g2);

/** Whether the product of the pairings of 192 bytes each (a point of G1, one of G2) is 1; undefined where one is not of its group. */
export function isPairingProductOne(input: Uint8Array): boolean | undefined {
  const pairs: Parameters<typeof bn254.millerLoopBatch>[0] = [];
  for (let at = 0; at + 192 <= input.length; at += 192) {
    const left = member(g1, input.subarray(at, at + 64));
    const right = left && member(g2, input.subarray(at + 64, at + 192));
    if (left === undefined || right === undefined) return undefined;
    // A pairing with infinity is 1.
    if (left.is0() || right.is0()) continue;
    const { x, y } = left.toAffine();
    pairs.push([bn254.utils.calcPairingPrecomputes(right), x, y]);
  }
  const { Fp12 } = fields;
  return Fp12.eql(Fp12.finalExponentiate(bn254.millerLoopBatch(pairs)), Fp12.ONE);
}

function groupOf<F>(kind: PointKind<F>): AltBn128Group {
  const { coordinate } = kind;
  return {
    coordinateLength: coordinate.length,
    add(left, right) {
      const [a, b] = [onCurve(kind, left), onCurve(kind, right)];
      return a === undefined || b === undefined ? undefined : write(kind, affineOf(a.add(b)));
    },
    multiply(pointBytes, scalarBytes) {
      const point = member(kind, pointBytes);
      return point && write(kind, affineOf(kind.multiply(point, bytesToBigint(reversed(scalarBytes)) % order)));
    },
    compress(bytes) {
      const point = isZero(bytes) ? undefined : read(kind, bytes);
      if (point === undefined) return isZero(bytes) ? new Uint8Array(coordinate.length) : undefined;
      if (point === "infinity") return withFlag(new Uint8Array(coordinate.length), isInfinite);
      const { x, y } = point;
      return withFlag(coordinate.write(x), coordinate.isLarger(y) ? isLargerY : 0);
    },
    decompress: (bytes) => decompress(kind, bytes),
  };
}

/** x and y in full; the flags of y say infinity, whatever x and y are. */
function read<F>({ coordinate }: PointKind<F>, bytes: Uint8Array): Affine<F> | undefined {
  if (isZero(bytes)) return "infinity";
  const x = coordinate.read(bytes.subarray(0, coordinate.length));
  const { flag, value } = withoutFlags(bytes.subarray(coordinate.length));
  const y = coordinate.read(value);
  if (x === undefined || y === undefined || flag === flags) return undefined;
  return flag === isInfinite ? "infinity" : { x, y };
}

function decompress<F>(kind: PointKind<F>, bytes: Uint8Array): Uint8Array | undefined {
  const { coordinate, field, b } = kind;
  const { flag, value } = withoutFlags(bytes);
  const x = coordinate.read(value);
  if (x === undefined || flag === flags) return undefined;
  // All zeros are infinity, as the flag is.
  if (flag === isInfinite || isZero(bytes)) return write(kind, "infinity");
  let y: F;
  try {
    y = field.sqrt(field.add(field.mul(field.sqr(x), x), b));
  } catch (error) {
    rethrowStackOverflow(error);
    return undefined;
  }
  return write(kind, { x, y: coordinate.isLarger(y) === (flag === isLargerY) ? y : field.neg(y) });
}

function onCurve<F>(kind: PointKind<F>, bytes: Uint8Array): WeierstrassPoint<F> | undefined {
  const { field, b, Point } = kind;
  const point = read(kind, bytes);
  if (point === undefined) return undefined;
  if (point === "infinity") return Point.ZERO;
  const { x, y } = point;
  return field.eql(field.sqr(y), field.add(field.mul(field.sqr(x), x), b)) ? Point.fromAffine({ x, y }) : undefined;
}

function member<F>(kind: PointKind<F>, bytes: Uint8Array): WeierstrassPoint<F> | undefined {
  const point = onCurve(kind, bytes);
  return point?.isTorsionFree() === true ? point : undefined;
}

function affineOf<F>(point: WeierstrassPoint<F>): Affine<F> {
  return point.is0() ? "infinity" : point.toAffine();
}

/** Infinity is zeros, without a flag. */
function write<F>({ coordinate }: PointKind<F>, point: Affine<F>): Uint8Array {
  const bytes = new Uint8Array(2 * coordinate.length);
  if (point !== "infinity") {
    bytes.set(coordinate.write(point.x), 0);
    bytes.set(coordinate.write(point.y), coordinate.length);
  }
  return bytes;
}

function withoutFlags(bytes: Uint8Array): { readonly flag: number; readonly value: Uint8Array } {
  const last = bytes[bytes.length - 1] as number;
  return { flag: last & flags, value: withLast(bytes, last & ~flags) };
}

function withFlag(bytes: Uint8Array, flag: number): Uint8Array {
  return withLast(bytes, (bytes[bytes.length - 1] as number) | flag);
}

function withLast(bytes: Uint8Array, last: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[copy.length - 1] = last;
  return copy;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** The Frobenius endomorphism, whose constants are worked out when it is first used. */
function psi(point: WeierstrassPoint<Fp2>): WeierstrassPoint<Fp2> {
  frobenius ??= psiFrobenius(fields.Fp, fields.Fp2, fields.Fp2.NONRESIDUE);
  return frobenius.G2psi(G2.Point, point);
}
