import type { Address, Hash } from "@trireme/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  accountFlatKey,
  codeFlatKey,
  flatKeyFromBytes,
  generationFlatKey,
  generationFromValue,
  generationValue,
  pageFlatKey,
  pageValueFromBytes,
  slotFlatKey,
  slotValueFromWord,
  wordFromSlotValue,
  type FlatKey,
} from "./flat-key.ts";

const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => bytes as Address);
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const u32 = fc.nat(0xffff_ffff);
const flatKey: fc.Arbitrary<FlatKey> = fc.oneof(
  fc.record({ kind: fc.constant("account" as const), address }),
  fc.record({ kind: fc.constant("slot" as const), address, generation: u32, key: bytes32 }),
  fc.record({ kind: fc.constant("code" as const), codeHash: bytes32.map((bytes) => bytes as Hash) }),
  fc.record({ kind: fc.constant("page" as const), address, index: u32 }),
  fc.record({ kind: fc.constant("generation" as const), address }),
);

function encode(key: FlatKey): Uint8Array {
  switch (key.kind) {
    case "account":
      return accountFlatKey(key.address);
    case "slot":
      return slotFlatKey(key.address, key.generation, key.key);
    case "code":
      return codeFlatKey(key.codeHash);
    case "page":
      return pageFlatKey(key.address, key.index);
    case "generation":
      return generationFlatKey(key.address);
  }
}

describe("flat keys", () => {
  test("read back as what they were made of", () => {
    fc.assert(fc.property(flatKey, (key) => void expect(flatKeyFromBytes(encode(key))).toEqual(key)));
  });

  test("are one per entry: other bytes are refused", () => {
    fc.assert(
      fc.property(flatKey, fc.constantFrom(0, 6, 255), (key, kind) => {
        const bytes = encode(key);
        expect(() => flatKeyFromBytes(bytes.subarray(0, -1))).toThrow(/expected a flat key/);
        expect(() => flatKeyFromBytes(Uint8Array.of(kind, ...bytes.subarray(1)))).toThrow(/expected a flat key/);
      }),
    );
    expect(() => flatKeyFromBytes(new Uint8Array(0))).toThrow(/kind none/);
  });
});

describe("flat values", () => {
  test("of slots lose leading zeros and nothing else; zero is absent", () => {
    const word = fc.oneof(
      bytes32,
      fc.nat(31).map((zeros) => new Uint8Array(32).fill(7, zeros)),
    );
    fc.assert(
      fc.property(word, (value) => {
        expect(wordFromSlotValue(slotValueFromWord(value) ?? Uint8Array.of(1))).toEqual(
          value.some(Boolean) ? value : new Uint8Array(32).fill(1, 31),
        );
      }),
    );
    expect(slotValueFromWord(new Uint8Array(32))).toBeUndefined();
    for (const bad of [[], [0], [0, 1], Array.from({ length: 33 }, () => 1)]) {
      expect(() => wordFromSlotValue(Uint8Array.from(bad))).toThrow(/without a leading zero/);
    }
  });

  test("of pages lose trailing zeros and nothing else; zeros are absent", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.nat(20), (bytes, zeros) => {
        const page = Uint8Array.from([...bytes, ...new Uint8Array(zeros)]);
        const value = pageValueFromBytes(page) ?? new Uint8Array(0);
        expect([...value, ...new Uint8Array(page.length - value.length)]).toEqual([...page]);
        expect(value.at(-1)).not.toBe(0);
      }),
    );
    expect(pageValueFromBytes(new Uint8Array(5))).toBeUndefined();
  });

  test("of generations are 4 bytes and never 0", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 0xffff_ffff }),
        (generation) => void expect(generationFromValue(generationValue(generation))).toBe(generation),
      ),
    );
    for (const bad of [[], [0, 0, 0, 0], [1], [0, 0, 0, 0, 1]])
      expect(() => generationFromValue(Uint8Array.from(bad))).toThrow(/expected a generation/);
  });
});
