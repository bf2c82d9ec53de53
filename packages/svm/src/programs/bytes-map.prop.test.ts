import { bytesToHex } from "@trireme/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createBytesMap } from "./bytes-map.ts";

test("it is a map from bytes: keys that share a bucket included", () => {
  // First and last four bytes of these keys say the same, so that all fall into one bucket.
  const key = fc.constantFrom(...[0, 1, 2, 3].map((middle) => Uint8Array.of(1, 2, 3, 4, middle, 5, 6, 7, 8)));
  const step = fc.record({ key, value: fc.option(fc.nat(9), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const map = createBytesMap<number>();
      const model = new Map<string, number>();
      for (const { key: bytes, value } of steps) {
        if (value === undefined) {
          map.delete(bytes);
          model.delete(bytesToHex(bytes));
        } else {
          map.set(bytes, value);
          model.set(bytesToHex(bytes), value);
        }
        expect(map.get(bytes.slice())).toBe(value);
      }
      const entries = Array.from(map.entries(), ([bytes, value]) => [bytesToHex(bytes), value] as const);
      expect(new Map(entries)).toEqual(model);
    }),
  );
});
