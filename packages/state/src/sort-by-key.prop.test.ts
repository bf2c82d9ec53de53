import { compareBytes } from "@trireme/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { sortByKey } from "./sort-by-key.ts";

/** Few values, so that keys begin alike, are the same, or one is the beginning of another. */
const few = fc.uint8Array({ maxLength: 6 }).map((bytes) => bytes.map((byte) => byte % 3));
const start = fc.constantFrom(Uint8Array.of(), new Uint8Array(25).fill(7), new Uint8Array(60).fill(255));
const key = fc.tuple(start, fc.oneof(few, fc.uint8Array({ maxLength: 32 }))).map(([first, rest]) => Uint8Array.of(...first, ...rest));

it("is the order of comparing two keys at a time, and keeps that of equal ones", () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 300, size: "max" }), (keys) => {
      const list = keys.map((each, place) => ({ key: each, place }));
      const compared = list.toSorted((left, right) => compareBytes(left.key, right.key));
      expect(sortByKey(list)).toEqual(compared);
    }),
    { numRuns: 300 },
  );
});
