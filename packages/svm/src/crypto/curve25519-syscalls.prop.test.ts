// curve25519's syscalls with points good and bad, here and on litesvm.
import { ed25519, ristretto255 } from "@noble/curves/ed25519.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytes32 } from "./crafted-signatures.mts";
import { createProbe, payloadAt, resultAt } from "./syscall-probe.mts";

const order = ed25519.Point.Fn.ORDER;
const p = ed25519.Point.Fp.ORDER;
const eighth = ed25519.Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const multiples = [1n, 2n, 77n, order - 1n, 123456789123456789n];

const edwards = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...multiples), fc.nat(7)).map(([scalar, torsion]) =>
      ed25519.Point.BASE.multiplyUnsafe(scalar)
        .add(eighth.multiplyUnsafe(BigInt(torsion)))
        .toBytes(),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...Array.from({ length: 20 }, (_, y) => [bytes32(BigInt(y)), bytes32(p - 1n + BigInt(y))]).flat()),
  },
  { weight: 1, arbitrary: fc.constantFrom(bytes32(1n + 2n ** 255n), bytes32(p - 1n + 2n ** 255n), bytes32(p + 1n + 2n ** 255n)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 32, maxLength: 32 }) },
);
const ristretto = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0n, ...multiples).map((scalar) => ristretto255.Point.BASE.multiplyUnsafe(scalar).toBytes()) },
  { weight: 1, arbitrary: fc.constantFrom(bytes32(p), bytes32(p - 1n), bytes32(1n), bytes32(2n ** 255n), ed25519.Point.BASE.toBytes()) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 32, maxLength: 32 }) },
);
const scalar = fc.oneof(
  { weight: 5, arbitrary: fc.bigInt({ min: 0n, max: order - 1n }).map(bytes32) },
  { weight: 2, arbitrary: fc.constantFrom(0n, 1n, 8n, order - 1n).map(bytes32) },
  { weight: 1, arbitrary: fc.constantFrom(order, order + 1n, 2n ** 255n, 2n ** 256n - 1n).map(bytes32) },
);
const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const curves = { edwards: { id: 0n, point: edwards }, ristretto: { id: 1n, point: ristretto } };

describe.each(Object.entries(curves))("%s", (_, { id, point }) => {
  const codes = new Map<string, number>();
  const note = (what: string): void => void codes.set(what, (codes.get(what) ?? 0) + 1);

  it("validates points", () => {
    const probe = createProbe("sol_curve_validate_point");
    fc.assert(
      fc.property(point, (bytes) => note(`valid ${probe.call([id, payloadAt], bytes).code}`)),
      { numRuns: 40, seed: 1 },
    );
    expect(codes.get("valid 0")).toBeGreaterThan(5);
    expect(codes.get("valid 1")).toBeGreaterThan(2);
  });

  it("adds, subtracts, multiplies", () => {
    const probe = createProbe("sol_curve_group_op");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), point, point, scalar, (operation, left, right, factor) => {
        const first = operation === 2 ? factor : left;
        note(`${operation} ${probe.call([id, BigInt(operation), payloadAt, payloadAt + 32n, resultAt], join([first, right])).code}`);
      }),
      { numRuns: 60, seed: 2 },
    );
    for (const operation of [0, 1, 2]) expect([codes.get(`${operation} 0`), codes.get(`${operation} 1`)]).not.toContain(undefined);
  });

  it("sums multiples", () => {
    const probe = createProbe("sol_curve_multiscalar_mul");
    fc.assert(
      fc.property(fc.array(fc.tuple(scalar, point), { maxLength: 7 }), (pairs) => {
        const points = payloadAt + BigInt(32 * pairs.length);
        const payload = join([...pairs.map(([factor]) => factor), ...pairs.map(([, bytes]) => bytes)]);
        note(`sum ${probe.call([id, payloadAt, points, BigInt(pairs.length), resultAt], payload).code}`);
      }),
      { numRuns: 20, seed: 3 },
    );
    expect(codes.get("sum 0")).toBeGreaterThan(3);
  });
});

describe("what is wrong otherwise", () => {
  it("ids, operations, pointers, counts and units", () => {
    const [validate, operate, sum] = ["validate_point", "group_op", "multiscalar_mul"].map((name) => createProbe(`sol_curve_${name}`)) as [
      ReturnType<typeof createProbe>,
      ReturnType<typeof createProbe>,
      ReturnType<typeof createProbe>,
    ];
    const base = ed25519.Point.BASE.toBytes();
    const payload = join([base, base]);
    const bad = [0n, 0x1_0000_0000n, 0x3_0000_7ff0n, 0x5_0000_0000n, 2n ** 64n - 1n];
    const errors = new Set<string | undefined>();
    for (const id of [0n, 1n, 2n, 3n, 4n, 7n, 0x80n, 0x84n, 2n ** 32n, 2n ** 64n - 1n]) {
      for (const operation of [0n, 3n, 2n ** 33n]) {
        errors.add(operate.call([id, operation, payloadAt, payloadAt + 32n, resultAt], payload).error);
      }
      errors.add(validate.call([id, payloadAt], payload).error);
      errors.add(sum.call([id, payloadAt, payloadAt + 32n, 1n, resultAt], payload).error);
    }
    for (const at of bad) {
      errors.add(validate.call([0n, at], payload).error);
      for (const operation of [0n, 1n, 2n]) {
        errors.add(operate.call([0n, operation, at, payloadAt, resultAt], payload).error);
        errors.add(operate.call([1n, operation, payloadAt, at, resultAt], payload).error);
        errors.add(operate.call([0n, operation, payloadAt, payloadAt + 32n, at], join([bytes32(3n), base])).error);
      }
      errors.add(sum.call([0n, at, payloadAt, 1n, resultAt], payload).error);
      errors.add(sum.call([0n, payloadAt, at, 1n, resultAt], payload).error);
      errors.add(sum.call([1n, payloadAt, payloadAt, 0n, at], payload).error);
    }
    for (const count of [0n, 511n, 512n, 513n, 2n ** 63n]) errors.add(sum.call([1n, payloadAt, payloadAt, count, resultAt], payload).error);
    for (const units of [100, 160, 173, 174, 480, 485, 486, 487, 488, 2190, 2284, 2300]) {
      errors.add(validate.call([0n, payloadAt], payload, units).error);
      errors.add(operate.call([0n, 0n, payloadAt, payloadAt, resultAt], payload, units).error);
      errors.add(sum.call([0n, payloadAt, payloadAt, 1n, resultAt], payload, units).error);
    }
    expect(errors).toContain('"ProgramFailedToComplete"');
    expect(errors).toContain('"ComputationalBudgetExceeded"');
  });
});
