import fc from "fast-check";
import { expect, it } from "vitest";
import { placesOf, placesOfSame } from "./places.ts";

it("finds the first place of a key, in short lists and in long ones", () => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 2, max: 9 });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), fc.array(key, { maxLength: 5 }), (keys, others) => {
      const [places, same] = [placesOf(keys), placesOfSame(keys)];
      for (const wanted of [...keys, ...others]) {
        const padded = Uint8Array.of(0, ...wanted, 0);
        const first = keys.findIndex((each) => Buffer.compare(each, wanted) === 0);
        expect(places(padded.subarray(1, -1))).toBe(first);
        expect(same(wanted)).toBe(keys.indexOf(wanted));
      }
    }),
  );
});
