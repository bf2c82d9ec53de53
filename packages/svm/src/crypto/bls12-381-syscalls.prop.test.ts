// BLS12-381's syscalls with points good and bad, here and on litesvm.
import { bls12_381 } from "@noble/curves/bls12-381.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytes32 } from "./crafted-signatures.mts";
import { coordinateBytes, joined, members, partsOf, pointBytes, spoiled, strangers, turned, type TestCurve } from "./pairing-points.mts";
import { createProbe, payloadAt, resultAt } from "./syscall-probe.mts";

const { fields, G1, G2 } = bls12_381;
const order = fields.Fp.ORDER;
const g1Curve: TestCurve<bigint> = { Point: G1.Point, field: fields.Fp, length: 48, parts: (value) => [value], small: (value) => value };
const g2Curve: TestCurve<{ c0: bigint; c1: bigint }> = {
  Point: G2.Point,
  field: fields.Fp2,
  length: 48,
  parts: partsOf,
  small: (value) => ({ c0: value, c1: 1n }),
};

/** The flags stand in the last byte of x, little endian. */
function flagged(bytes: Uint8Array, width: number, flag: number): Uint8Array {
  const copy = bytes.slice();
  copy[width - 1] = (copy[width - 1] as number) | flag;
  return copy;
}

const flags = [0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0];

/** Points of a group, little endian. */
function points<F>(curve: TestCurve<F>): fc.Arbitrary<Uint8Array> {
  const width = curve.parts(curve.field.ZERO).length * 48;
  const zeros = new Uint8Array(2 * width);
  const base = pointBytes(curve, curve.Point.BASE);
  const good = fc.constantFrom(...members(curve).map((point) => pointBytes(curve, point)), flagged(zeros, width, 0x40));
  const odd = [
    zeros,
    ...flags.flatMap((flag) => [flagged(zeros, width, flag), flagged(base, width, flag)]),
    flagged(base.fill(0, width), width, 0x80),
  ];
  return fc.oneof(
    { weight: 8, arbitrary: good },
    { weight: 2, arbitrary: fc.constantFrom(...strangers(curve).map((point) => pointBytes(curve, point))) },
    { weight: 2, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: spoiled(good, 48, order) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 2 * width, maxLength: 2 * width }) },
  );
}

function compressedPoints<F>(curve: TestCurve<F>): fc.Arbitrary<Uint8Array> {
  const x = [...members(curve), ...strangers(curve)].map((each) => coordinateBytes(curve, each.toAffine().x));
  const width = (x[0] as Uint8Array).length;
  const good = fc.tuple(fc.constantFrom(...x), fc.constantFrom(0x80, 0xa0)).map(([bytes, flag]) => flagged(bytes, width, flag));
  return fc.oneof(
    { weight: 6, arbitrary: good },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...x, new Uint8Array(width)), fc.constantFrom(0, ...flags))
        .map(([bytes, flag]) => flagged(bytes, width, flag)),
    },
    { weight: 2, arbitrary: spoiled(good, 48, order) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: width, maxLength: width }) },
  );
}

const scalar = fc.oneof(
  { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: fields.Fr.ORDER - 1n }).map(bytes32) },
  { weight: 2, arbitrary: fc.constantFrom(0n, 1n, fields.Fr.ORDER - 1n, fields.Fr.ORDER, 2n ** 256n - 1n).map(bytes32) },
);
const groups = {
  G1: { id: 5n, width: 48, point: points(g1Curve), compressed: compressedPoints(g1Curve) },
  G2: { id: 6n, width: 96, point: points(g2Curve), compressed: compressedPoints(g2Curve) },
};
const endianness = fc.constantFrom(0n, 0x80n);
const seen = new Map<string, number>();
const note = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
const [validate, operate, decompress, pair] = ["validate_point", "group_op", "decompress", "pairing_map"].map((name) =>
  createProbe(`sol_curve_${name}`),
) as [ReturnType<typeof createProbe>, ReturnType<typeof createProbe>, ReturnType<typeof createProbe>, ReturnType<typeof createProbe>];
const inOrder = (bytes: Uint8Array, width: number, big: bigint): Uint8Array => (big === 0n ? bytes : turned(bytes, width));

describe.each(Object.entries(groups))("%s", (name, { id, width, point, compressed }) => {
  const length = BigInt(2 * width);

  it("validates points", () => {
    fc.assert(
      fc.property(point, endianness, (bytes, big) =>
        note(`${name} valid ${validate.call([id | big, payloadAt], inOrder(bytes, width, big)).code}`),
      ),
      { numRuns: 36, seed: 1 },
    );
  });

  it("adds, subtracts, multiplies", () => {
    fc.assert(
      fc.property(fc.constantFrom(0n, 1n, 2n), point, point, scalar, endianness, (operation, left, right, factor, big) => {
        const first = operation === 2n ? inOrder(factor, 32, big) : inOrder(left, width, big);
        const payload = joined([first, inOrder(right, width, big)]);
        const second = payloadAt + (operation === 2n ? 32n : length);
        note(`${name} ${operation} ${operate.call([id | big, operation, payloadAt, second, resultAt], payload).code}`);
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it("decompresses", () => {
    fc.assert(
      fc.property(compressed, endianness, (bytes, big) => {
        note(`${name} decompressed ${decompress.call([id | big, payloadAt, resultAt], inOrder(bytes, width, big)).code}`);
      }),
      { numRuns: 36, seed: 3 },
    );
  });
});

describe("sol_curve_pairing_map", () => {
  it("multiplies pairings", () => {
    const pairs = fc.array(fc.tuple(groups.G1.point, groups.G2.point), { maxLength: 2 });
    const [one, two] = [pointBytes(g1Curve, G1.Point.BASE), pointBytes(g2Curve, G2.Point.BASE)];
    const minus = pointBytes(g1Curve, G1.Point.BASE.negate());
    fc.assert(
      fc.property(pairs, endianness, (list, big) => {
        const payload = joined([...list.map(([g1]) => inOrder(g1, 48, big)), ...list.map(([, g2]) => inOrder(g2, 96, big))]);
        const count = BigInt(list.length);
        note(`pair ${pair.call([4n | big, count, payloadAt, payloadAt + 96n * count, resultAt], payload).code}`);
      }),
      {
        numRuns: 12,
        seed: 4,
        examples: [
          [[[one, two]], 0n],
          [[[one, two]], 0x80n],
          [
            [
              [one, two],
              [minus, two],
            ],
            0x80n,
          ],
          [[], 0n],
          [[], 0x80n],
        ],
      },
    );
  });

  it("ids, pointers, counts, units", () => {
    const payload = joined([new Uint8Array(200)]);
    for (const id of [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 0x84n, 0x85n, 0x86n, 0x87n, 2n ** 32n, 2n ** 63n + 4n]) {
      pair.call([id, 0n, payloadAt, payloadAt, resultAt], payload);
      decompress.call([id, payloadAt, resultAt], payload);
      validate.call([id, payloadAt], payload);
      for (const operation of [0n, 3n]) operate.call([id, operation, payloadAt, payloadAt, resultAt], payload);
    }
    const infinity = new Uint8Array(200);
    infinity[0] = 0xc0;
    for (const at of [0n, 0x1_0000_0000n, 0x3_0000_7fd8n, 2n ** 64n - 1n]) {
      decompress.call([0x85n, at, resultAt], infinity);
      decompress.call([0x86n, payloadAt, at], infinity);
      validate.call([5n, at], payload);
      operate.call([0x86n, 0n, at, payloadAt, resultAt], infinity);
      pair.call([4n, 1n, at, payloadAt, resultAt], payload);
      pair.call([4n, 1n, payloadAt, at, resultAt], payload);
      pair.call([4n, 0n, payloadAt, at, at], payload);
      pair.call([4n, at, payloadAt, payloadAt, resultAt], payload);
    }
    for (const units of [130, 280, 284, 286, 1717, 1722, 2110, 2250, 2260, 3210, 25_500, 25_603, 25_700]) {
      decompress.call([0x85n, payloadAt, resultAt], infinity, units);
      validate.call([5n, payloadAt], payload, units);
      operate.call([5n, 0n, payloadAt, payloadAt, resultAt], payload, units);
      pair.call([4n, 0n, payloadAt, payloadAt, resultAt], payload, units);
    }
  });

  it("everything succeeded and failed", () => {
    const names = ["valid", "0", "1", "2", "decompressed"].flatMap((what) => [`G1 ${what}`, `G2 ${what}`]);
    for (const name of [...names, "pair"])
      for (const code of [0, 1]) expect([name, code, seen.get(`${name} ${code}`) ?? 0]).not.toEqual([name, code, 0]);
  });
});
