// alt_bn128's syscalls with points good and bad, here and on litesvm.
import { bn254 } from "@noble/curves/bn254.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytes32 } from "./crafted-signatures.mts";
import { coordinateBytes, joined, members, partsOf, pointBytes, spoiled, strangers, turned, type TestCurve } from "./pairing-points.mts";
import { createProbe, payloadAt, resultAt } from "./syscall-probe.mts";

const { fields, G1, G2 } = bn254;
const order = fields.Fp.ORDER;
const g1Curve: TestCurve<bigint> = { Point: G1.Point, field: fields.Fp, length: 32, parts: (value) => [value], small: (value) => value };
const g2Curve: TestCurve<{ c0: bigint; c1: bigint }> = {
  Point: G2.Point,
  field: fields.Fp2,
  length: 32,
  parts: partsOf,
  small: (value) => ({ c0: value, c1: 1n }),
};

/** Points of a group, little endian. */
function points<F>(curve: TestCurve<F>): fc.Arbitrary<Uint8Array> {
  const width = curve.parts(curve.field.ZERO).length * 32;
  const flagged = [0x40, 0x80, 0xc0].map((flag) => {
    const bytes = pointBytes(curve, curve.Point.BASE);
    bytes[2 * width - 1] = (bytes[2 * width - 1] as number) | flag;
    return bytes;
  });
  const good = fc.constantFrom(...members(curve).map((point) => pointBytes(curve, point)));
  return fc.oneof(
    { weight: 7, arbitrary: good },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...flagged, new Uint8Array(2 * width), ...strangers(curve).map((point) => pointBytes(curve, point))),
    },
    { weight: 2, arbitrary: spoiled(good, 32, order) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 2 * width, maxLength: 2 * width }) },
  );
}

const g1 = points(g1Curve);
const g2 = points(g2Curve);
const scalar = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc.constantFrom(0n, 1n, 2n, fields.Fr.ORDER, fields.Fr.ORDER - 1n, fields.Fr.ORDER + 1n, 2n ** 256n - 1n).map(bytes32),
);
/** Bytes more or less than there should be. */
const slack = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -70, max: 70 }) });
const endianness = fc.constantFrom(0n, 0x80n);
const seen = new Map<string, number>();
const group = createProbe("sol_alt_bn128_group_op");
const compression = createProbe("sol_alt_bn128_compression");

function call(probe: typeof group, name: string, operation: bigint, payload: Uint8Array, extra = 0): void {
  const input = extra >= 0 ? joined([payload, new Uint8Array(extra)]) : payload.subarray(0, Math.max(0, payload.length + extra));
  const { code } = probe.call([operation, payloadAt, BigInt(input.length), resultAt], input);
  seen.set(`${name} ${code}`, (seen.get(`${name} ${code}`) ?? 0) + 1);
}

describe("sol_alt_bn128_group_op", () => {
  it.each([
    ["G1", 0n, g1, 32],
    ["G2", 4n, g2, 64],
  ] as const)("adds in %s", (name, operation, point, width) => {
    fc.assert(
      fc.property(point, point, endianness, slack, (left, right, order, extra) => {
        const input = joined([left, right]);
        call(group, `add ${name}`, operation + order, order === 0n ? turned(input, width) : input, extra);
      }),
      { numRuns: 36, seed: 1 },
    );
  });

  it.each([
    ["G1", 2n, g1, 32],
    ["G2", 6n, g2, 64],
  ] as const)("multiplies in %s", (name, operation, point, width) => {
    fc.assert(
      fc.property(point, scalar, endianness, slack, (base, factor, order, extra) => {
        const input = order === 0n ? joined([turned(base, width), turned(factor, 32)]) : joined([base, factor]);
        call(group, `multiply ${name}`, operation + order, input, extra);
      }),
      { numRuns: 36, seed: 2 },
    );
  });

  it("pairs", () => {
    const base = [pointBytes(g1Curve, G1.Point.BASE), pointBytes(g1Curve, G1.Point.BASE.negate())];
    const other = pointBytes(g2Curve, G2.Point.BASE);
    const cancel = [joined([base[0] as Uint8Array, other]), joined([base[1] as Uint8Array, other])];
    const pair = fc.oneof({ weight: 3, arbitrary: fc.tuple(g1, g2).map(joined) }, { weight: 2, arbitrary: fc.constantFrom(...cancel) });
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 2 }), endianness, slack, (pairs, order, extra) => {
        const parts = pairs.flatMap((each) => (order === 0n ? [turned(each.subarray(0, 64), 32), turned(each.subarray(64), 64)] : [each]));
        call(group, "pair", 3n + order, joined(parts), extra);
      }),
      {
        numRuns: 16,
        seed: 3,
        examples: [
          [cancel, 0n, 0],
          [cancel, 0x80n, 0],
          [[], 0n, 0],
          [[], 0x80n, 5],
        ],
      },
    );
  });

  it("numbers, pointers, lengths, units", () => {
    const payload = new Uint8Array(256);
    for (const operation of [1n, 5n, 7n, 8n, 0x7fn, 0x81n, 0x100n, 0x180n, 2n ** 32n, 2n ** 63n]) {
      group.call([operation, payloadAt, 128n, resultAt], payload);
      compression.call([operation, payloadAt, 128n, resultAt], payload);
    }
    for (const at of [0n, 0x1_0000_0000n, 0x3_0000_7ff0n, 2n ** 64n - 1n]) {
      for (const [probe, operation] of [
        [group, 0n],
        [group, 0x83n],
        [compression, 1n],
      ] as const) {
        probe.call([operation, at, 32n, resultAt], payload);
        probe.call([operation, payloadAt, 32n, at], payload);
        probe.call([operation, payloadAt, at, resultAt], payload);
      }
    }
    for (const units of [130, 340, 484, 491, 498, 600, 36_400, 36_638, 36_640, 36_700]) {
      group.call([0n, payloadAt, 0n, resultAt], payload, units);
      group.call([3n, payloadAt, 0n, resultAt], payload, units);
      compression.call([1n, payloadAt, 32n, resultAt], payload, units);
    }
  });
});

describe("sol_alt_bn128_compression", () => {
  it.each([
    ["G1", 0n, g1, 32],
    ["G2", 2n, g2, 64],
  ] as const)("compresses points of %s", (name, operation, point, width) => {
    fc.assert(
      fc.property(point, endianness, slack, (bytes, order, extra) => {
        call(compression, `compress ${name}`, operation + order, order === 0n ? turned(bytes, width) : bytes, extra);
      }),
      { numRuns: 36, seed: 4 },
    );
  });

  const compressed = <F>(curve: TestCurve<F>): fc.Arbitrary<Uint8Array> => {
    const x = [...members(curve), ...strangers(curve)].map((each) => coordinateBytes(curve, each.toAffine().x));
    const flagged = fc.tuple(fc.constantFrom(...x), fc.constantFrom(0, 0, 0x80, 0x80, 0x40, 0xc0)).map(([bytes, flag]) => {
      const copy = bytes.slice();
      copy[copy.length - 1] = (copy[copy.length - 1] as number) | flag;
      return copy;
    });
    const width = (x[0] as Uint8Array).length;
    return fc.oneof(
      { weight: 6, arbitrary: flagged },
      { weight: 2, arbitrary: spoiled(flagged, 32, order) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(new Uint8Array(width), ...[0x40, 0x80, 0xc0].map((flag) => new Uint8Array(width).fill(flag, width - 1))),
      },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: width, maxLength: width }) },
    );
  };

  it.each([
    ["G1", 1n, compressed(g1Curve), 32],
    ["G2", 3n, compressed(g2Curve), 64],
  ] as const)("decompresses points of %s", (name, operation, point, width) => {
    fc.assert(
      fc.property(point, endianness, slack, (bytes, order, extra) => {
        call(compression, `decompress ${name}`, operation + order, order === 0n ? turned(bytes, width) : bytes, extra);
      }),
      { numRuns: 36, seed: 5 },
    );
  });

  it("everything succeeded and failed", () => {
    const names = [
      "add G1",
      "add G2",
      "multiply G1",
      "multiply G2",
      "pair",
      "compress G1",
      "compress G2",
      "decompress G1",
      "decompress G2",
    ];
    for (const name of names)
      for (const code of [0, 1]) expect([name, code, seen.get(`${name} ${code}`) ?? 0]).not.toEqual([name, code, 0]);
  });
});
