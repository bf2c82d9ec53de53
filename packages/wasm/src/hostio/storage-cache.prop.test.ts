import { bigintToBytes } from "@trireme/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createStorageCache } from "./storage-cache.ts";

/** Keys that differ at either end, and more of them than are looked for one by one. */
const key = fc
  .record({ number: fc.integer({ min: 0, max: 40 }), isHigh: fc.boolean() })
  .map(({ number, isHigh }) => (isHigh ? BigInt(number) << 248n : BigInt(number)));
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("read", "write"), key, value: fc.bigInt({ min: 0n, max: 2n }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("flush"), isClear: fc.boolean() }) },
);
type Step = { kind: "read" | "write"; key: bigint; value: bigint } | { kind: "flush"; isClear: boolean };

test("knows and writes what a plain map would", () => {
  fc.assert(
    fc.property(fc.array(step as fc.Arbitrary<Step>, { maxLength: 120 }), (steps) => {
      const cache = createStorageCache();
      const model = new Map<bigint, { value: bigint; known: bigint | undefined }>();
      const word = (value: bigint): Uint8Array => bigintToBytes(value, 32);
      for (const each of steps) {
        if (each.kind === "flush") {
          const dirty = [...model].filter(([, { value, known }]) => value !== known);
          expect(cache.takeDirty()).toEqual(dirty.map(([slot, { value }]) => ({ key: word(slot), value: word(value) })));
          for (const [, entry] of dirty) entry.known = entry.value;
          if (!each.isClear) continue;
          cache.clear();
          model.clear();
          continue;
        }
        const entry = model.get(each.key);
        expect(cache.get(word(each.key))).toEqual(entry === undefined ? undefined : word(entry.value));
        if (each.kind === "write") {
          cache.write(word(each.key), word(each.value));
          if (entry === undefined) model.set(each.key, { value: each.value, known: undefined });
          else entry.value = each.value;
        } else if (entry === undefined) {
          cache.know(word(each.key), word(each.value));
          model.set(each.key, { value: each.value, known: each.value });
        }
      }
    }),
  );
});
