// u256 against JavaScript's BigInt.
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { openContract, type ContractClient } from "./contract-client.mts";

const limit = 2n ** 256n;
/** Numbers of every size, near powers of two and of ten too. */
const number = fc.oneof(
  fc.bigInt({ min: 0n, max: limit - 1n }),
  fc.bigInt({ min: 0n, max: 2n ** 64n }),
  fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: -2, max: 2 }))
    .map(([bits, by]) => BigInt.asUintN(256, (1n << BigInt(bits)) + BigInt(by))),
  fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 70n - 1n }), fc.integer({ min: 0, max: 186 })).map(([value, bits]) => value << BigInt(bits)),
);
const wrap = (value: bigint): bigint => BigInt.asUintN(256, value);
const bit = (value: boolean, at: bigint): bigint => (value ? 1n << at : 0n);

let contract: ContractClient;
beforeAll(async () => {
  contract = await openContract("test/everything");
});

it("computes modulo 2^256, shifts and compares", () => {
  fc.assert(
    fc.property(number, number, number, fc.integer({ min: 0, max: 300 }), (a, b, m, shift) => {
      const bits = BigInt(shift);
      expect(contract.read("calculate", a, b, m, shift)).toEqual([
        wrap(a + b),
        wrap(a - b),
        wrap(a * b),
        b === 0n ? 0n : a / b,
        b === 0n ? 0n : a % b,
        m === 0n ? 0n : (a + b) % m,
        m === 0n ? 0n : (a * b) % m,
        wrap(a << bits),
        a >> bits,
        a & b,
        a | b,
        a ^ b,
        limit - 1n - a,
        a === 0n ? 0n : BigInt(a.toString(2).length),
        power(a, b),
        bit(a < b, 0n) | bit(a > b, 1n) | bit(a <= b, 2n) | bit(a >= b, 3n) | bit(a === b, 4n) | bit(a !== b, 5n),
      ]);
    }),
    { numRuns: 300 },
  );
});

it("reverts where a checked result does not fit or a divisor is zero", () => {
  const pair = fc.oneof(
    fc.tuple(number, number),
    // Products around 2^256.
    fc.tuple(number, fc.integer({ min: -2, max: 2 })).map(([a, by]): [bigint, bigint] => [a, a === 0n ? 1n : wrap(limit / a + BigInt(by))]),
    fc.tuple(fc.bigInt({ min: 0n, max: 20n }), fc.bigInt({ min: 0n, max: 300n })),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6 }), pair, (operation, [a, b]) => {
      fc.pre(operation !== 5 || b <= 300n);
      const exact = [() => a + b, () => a - b, () => a * b, () => a / b, () => a % b, () => a ** b, () => a][operation] as () => bigint;
      const top = operation === 6 ? 2n ** 64n : limit;
      if ((operation === 3 || operation === 4) && b === 0n) {
        expect(contract.refusal("checked", [operation, a, b])).toEqual({ errorName: "Panic", args: [0x12n] });
      } else if (exact() < 0n || exact() >= top) {
        expect(contract.refusal("checked", [operation, a, b])).toEqual({ errorName: "Panic", args: [0x11n] });
      } else {
        expect(contract.read("checked", operation, a, b)).toBe(exact());
      }
    }),
    { numRuns: 700 },
  );
});

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let rest = exponent, square = base; rest > 0n; rest >>= 1n, square = wrap(square * square))
    if (rest & 1n) result = wrap(result * square);
  return result;
}
