import { RLP } from "@ethereumjs/rlp";
import { bytesToHex, hexToBytes } from "@trireme/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeRlp, encodeRlp, integerToRlp, readInteger, type RlpItem } from "./rlp.ts";

const item: fc.Arbitrary<RlpItem> = fc.letrec<{ item: RlpItem }>((tie) => ({
  item: fc.oneof({ maxDepth: 5 }, fc.uint8Array({ maxLength: 80 }), fc.array(tie("item"), { maxLength: 5 })),
})).item;

describe("RLP", () => {
  test("decodes what it encodes", () => {
    fc.assert(
      fc.property(item, (value) => {
        expect(decodeRlp(encodeRlp(value))).toEqual(value);
      }),
    );
  });

  test("encodes as @ethereumjs/rlp does, whatever the length", () => {
    const long = fc.constantFrom(0, 1, 54, 55, 56, 57, 255, 256, 257, 65_535, 65_536).map((length) => new Uint8Array(length).fill(7));
    fc.assert(
      fc.property(fc.oneof(item, long, fc.tuple(item, long), fc.tuple(fc.tuple(long), long)), (value) => {
        expect(bytesToHex(encodeRlp(value))).toBe(bytesToHex(RLP.encode(value as Uint8Array)));
      }),
    );
  });

  test("accepts and refuses what @ethereumjs/rlp does, on bytes near valid ones", () => {
    fc.assert(
      fc.property(item, fc.nat(), fc.nat(255), fc.boolean(), (value, at, byte, cut) => {
        const encoded = encodeRlp(value);
        const index = at % encoded.length;
        const bytes = cut ? encoded.slice(0, index) : encoded.with(index, byte);
        // Theirs reads no bytes as the empty string.
        const theirs = bytes.length === 0 ? "refused" : outcome(() => RLP.decode(bytes));
        expect(outcome(() => decodeRlp(bytes))).toEqual(theirs);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["a prefix for a byte that needs none", "0x8101"],
    ["a long length for a short string", "0xb80100"],
    ["a length with a leading zero", "0xb90001ff"],
    ["a list longer than the bytes", "0xc2c0"],
    ["a length beyond 2^53", "0xbfffffffffffffffff"],
    ["left-over bytes", "0x8080"],
    ["nothing", "0x"],
  ])("refuses %s", (_, hex) => {
    expect(() => decodeRlp(hexToBytes(hex))).toThrow(/expected/);
  });

  test("refuses hostile nesting without recursion to the stack's end", () => {
    let nested: RlpItem = [];
    for (let depth = 0; depth < 16; depth++) nested = [nested];
    expect(() => decodeRlp(encodeRlp(nested))).toThrow(/at most 16 nested/);
    expect(() => decodeRlp(new Uint8Array(100_000).fill(0xc1))).toThrow(/expected/);
  });

  test("integers are minimal", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
        expect(readInteger(integerToRlp(value), 32, "x")).toBe(value);
        const hex = value.toString(16);
        expect(integerToRlp(value)).toEqual(value === 0n ? new Uint8Array(0) : hexToBytes(`0x${hex.length % 2 === 1 ? "0" : ""}${hex}`));
      }),
    );
    expect(() => readInteger(Uint8Array.of(0, 1), 8, "nonce")).toThrow(/nonce/);
    expect(() => readInteger(new Uint8Array(9).fill(1), 8, "nonce")).toThrow(/at most 8 bytes, got 9/);
    expect(bytesToHex(integerToRlp(0x1234n))).toBe("0x1234");
  });
});

function outcome(decode: () => RlpItem): RlpItem | "refused" {
  try {
    return decode();
  } catch {
    return "refused";
  }
}
