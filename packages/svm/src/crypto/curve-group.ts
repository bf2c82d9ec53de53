/** Groups of points as `sol_curve_validate_point`, `_group_op` and `_multiscalar_mul` see them: bytes in, bytes out. */

/** A group. Results are undefined where a point or a scalar is malformed. */
export interface CurveGroup {
  /** Bytes of a point; a scalar has 32. */
  readonly pointLength: number;
  /** Units. */
  readonly costs: GroupCosts;
  isValid(point: Uint8Array): boolean;
  add(left: Uint8Array, right: Uint8Array): Uint8Array | undefined;
  subtract(left: Uint8Array, right: Uint8Array): Uint8Array | undefined;
  multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array | undefined;
  /** The sum of `scalars[i] * points[i]`, each list in one piece. Only curve25519 has it. */
  multiplyMany?(scalars: Uint8Array, points: Uint8Array): Uint8Array | undefined;
}

export interface GroupCosts {
  readonly validate: number;
  readonly add: number;
  readonly subtract: number;
  readonly multiply: number;
  /** For the first pair, and for each further one. */
  readonly multiplyMany?: { readonly first: number; readonly further: number };
}

/** What a point of noble can do. */
export interface GroupPoint<P> {
  add(other: P): P;
  subtract(other: P): P;
  multiplyUnsafe(scalar: bigint): P;
}

/** How a group's points stand in bytes. */
export interface GroupEncoding<P> {
  readonly pointLength: number;
  readonly costs: GroupCosts;
  /** Undefined where the bytes are no point; `isMember` asks for the subgroup of prime order beside the curve. */
  decode(bytes: Uint8Array, isMember: boolean): P | undefined;
  encode(point: P): Uint8Array;
  /** Undefined where the scalar is not below the order. */
  scalar(bytes: Uint8Array): bigint | undefined;
  /** In place of `multiplyUnsafe`, for points of the subgroup. */
  readonly multiply?: ((point: P, scalar: bigint) => P) | undefined;
  sumOfMultiples?(scalars: bigint[], points: P[]): P;
}

/** A group out of its encoding. */
export function createCurveGroup<P extends GroupPoint<P>>(encoding: GroupEncoding<P>): CurveGroup {
  const { pointLength, costs, decode, encode, scalar, sumOfMultiples } = encoding;
  const multiply = encoding.multiply ?? ((point: P, factor: bigint) => point.multiplyUnsafe(factor));
  const combine = (left: Uint8Array, right: Uint8Array, operation: (left: P, right: P) => P): Uint8Array | undefined => {
    // Sums of points outside the subgroup are allowed: who wants to know has asked `validate`.
    const [a, b] = [decode(left, false), decode(right, false)];
    return a === undefined || b === undefined ? undefined : encode(operation(a, b));
  };
  const group: CurveGroup = {
    pointLength,
    costs,
    isValid: (point) => decode(point, true) !== undefined,
    add: (left, right) => combine(left, right, (a, b) => a.add(b)),
    subtract: (left, right) => combine(left, right, (a, b) => a.subtract(b)),
    multiply(scalarBytes, pointBytes) {
      const [factor, point] = [scalar(scalarBytes), decode(pointBytes, true)];
      return factor === undefined || point === undefined ? undefined : encode(multiply(point, factor));
    },
  };
  if (sumOfMultiples === undefined) return group;
  return {
    ...group,
    multiplyMany(scalarBytes, pointBytes) {
      const factors = everyPart(scalarBytes, 32, scalar);
      const points = factors && everyPart(pointBytes, pointLength, (bytes) => decode(bytes, true));
      return points === undefined ? undefined : encode(sumOfMultiples(factors as bigint[], points));
    },
  };
}

function everyPart<T>(bytes: Uint8Array, length: number, read: (part: Uint8Array) => T | undefined): T[] | undefined {
  const parts: T[] = [];
  for (let at = 0; at < bytes.length; at += length) {
    const part = read(bytes.subarray(at, at + length));
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}
