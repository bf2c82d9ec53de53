import { ed25519 } from "@noble/curves/ed25519.js";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { isOnCurve } from "./edwards-point.ts";

/** noble's decoding by ZIP-215, which takes y that are not reduced, as dalek does; a negative zero is x = 0 there. */
function decodes(bytes: Uint8Array): boolean {
  try {
    ed25519.Point.fromBytes(bytes, true);
    return true;
  } catch {
    const positive = bytes.slice();
    positive[31] = (positive[31] as number) & 0x7f;
    try {
      return ed25519.Point.fromBytes(positive, true).x === 0n;
    } catch {
      return false;
    }
  }
}

it("agrees with noble on random bytes, half of which are points", () => {
  let points = 0;
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      expect(isOnCurve(bytes)).toBe(decodes(bytes));
      if (isOnCurve(bytes)) points++;
    }),
    { numRuns: 300, seed: 7 },
  );
  expect(points).toBeGreaterThan(90);
  expect(points).toBeLessThan(210);
});

it("agrees at the borders of the field", () => {
  const prime = (last: number): Uint8Array =>
    Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? last : index === 31 ? 0x7f : 0xff));
  for (const low of [0xec, 0xed, 0xee, 0xef, 0xf0, 0xff]) {
    for (const sign of [0, 0x80]) {
      const bytes = prime(low);
      bytes[31] = 0x7f | sign;
      expect([low, sign, isOnCurve(bytes)]).toEqual([low, sign, decodes(bytes)]);
    }
  }
  for (const small of [0, 1, 2, 3, 4]) {
    for (const sign of [0, 0x80]) {
      const bytes = new Uint8Array(32);
      bytes[0] = small;
      bytes[31] = sign;
      expect([small, sign, isOnCurve(bytes)]).toEqual([small, sign, decodes(bytes)]);
    }
  }
});
