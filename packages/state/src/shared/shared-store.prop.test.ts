import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { StateDiffEntry } from "../state-diff.ts";
import { createSharedReader } from "./shared-reader.ts";
import { createSharedStore } from "./shared-store.ts";

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const keyArbitrary = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 3 }),
  fc.nat(300).map((n) => Uint8Array.of(9, n >> 8, n, 0, 0, 0, 1)),
);
const entryArbitrary: fc.Arbitrary<StateDiffEntry> = fc.record({
  key: keyArbitrary,
  value: fc.option(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.record({ length: fc.nat(6000), byte: fc.nat(255) }).map(({ length, byte }) => new Uint8Array(length).fill(byte)),
    ),
    { nil: undefined },
  ),
});

test("a shared store has what a Map has, also for readers that were opened before it grew", () => {
  fc.assert(
    fc.property(fc.array(fc.array(entryArbitrary, { maxLength: 60, size: "max" }), { maxLength: 12 }), (diffs) => {
      const store = createSharedStore();
      const early = createSharedReader(store.handle.memory);
      const model = new Map<string, Uint8Array>();
      for (const entries of diffs) {
        store.apply({ entries });
        for (const { key, value } of entries) {
          if (value === undefined) model.delete(hexOf(key));
          else model.set(hexOf(key), value);
        }
        for (const { key } of entries) {
          const expected = model.get(hexOf(key));
          expect(Buffer.compare(store.get(key) ?? Buffer.of(), expected ?? Buffer.of())).toBe(0);
          expect(Buffer.compare(early.get(key) ?? Buffer.of(), expected ?? Buffer.of())).toBe(0);
          expect(store.get(key) === undefined).toBe(expected === undefined);
        }
        expect(store.size).toBe(model.size);
      }
      const prefix = Uint8Array.of(9);
      const expected = [...model.keys()].filter((key) => key.startsWith("09")).sort();
      expect(store.keys(prefix).map(hexOf)).toEqual(expected);
    }),
  );
});
