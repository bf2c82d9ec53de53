import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bigintToBytes, bytesToBigint, bytesToHex, compareBytes, concatBytes, equalBytes, hexToBytes } from "./bytes.ts";
import { isTriremeError } from "./errors.ts";
import { pubkeyFromBase58, pubkeyFromBytes, pubkeyToBase58 } from "./pubkey.ts";

const bytes = fc.uint8Array({ maxLength: 64 });

/** What a parser makes of any text: a value, or the code of a TriremeError. Anything else that is thrown fails the test. */
function outcome(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    if (isTriremeError(error)) return error.code;
    throw error;
  }
}

describe("hexadecimal", () => {
  test("round trips, in both letter cases", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(hexToBytes(bytesToHex(value))).toEqual(value);
        expect(hexToBytes(`0x${bytesToHex(value).slice(2).toUpperCase()}`)).toEqual(value);
        expect(bytesToHex(value)).toBe(`0x${Buffer.from(value).toString("hex")}`);
        expect(hexToBytes(bytesToHex(value), value.length)).toEqual(value);
        expect(outcome(() => hexToBytes(bytesToHex(value), value.length + 1))).toBe("INVALID_LENGTH");
      }),
    );
  });

  test("reading is total: any text gives the bytes that it spells or INVALID_HEX", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."0xXaFg \n".split("")) }).map((rest) => `0x${rest}`),
    );
    fc.assert(
      fc.property(text, (hex) => {
        const digits = hex.slice(2).toLowerCase();
        const isHex = hex.startsWith("0x") && digits.length % 2 === 0 && Buffer.from(digits, "hex").toString("hex") === digits;
        expect(outcome(() => hexToBytes(hex))).toEqual(isHex ? new Uint8Array(Buffer.from(hex.slice(2), "hex")) : "INVALID_HEX");
      }),
      { numRuns: 500 },
    );
  });
});

describe("base58 pubkeys", () => {
  test("round trip", () => {
    const pubkey = fc
      .tuple(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(32))
      .map(([value, zeros]) => pubkeyFromBytes(value.fill(0, 0, zeros)));
    fc.assert(fc.property(pubkey, (value) => void expect(pubkeyFromBase58(pubkeyToBase58(value))).toEqual(value)));
    expect(pubkeyToBase58(pubkeyFromBytes(new Uint8Array(32)))).toBe("11111111111111111111111111111111");
  });

  test("reading is total: whatever is accepted is written back the same", () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."1zA90OIl".split("")), minLength: 30, maxLength: 46 }));
    fc.assert(
      fc.property(text, (value) => {
        const parsed = outcome(() => pubkeyToBase58(pubkeyFromBase58(value)));
        expect([value, "INVALID_PUBKEY"]).toContain(parsed);
      }),
      { numRuns: 500 },
    );
  });
});

describe("integers", () => {
  test("round trip with any padding; what does not fit is an error", () => {
    fc.assert(
      fc.property(bytes, fc.nat(4), (value, padding) => {
        const integer = bytesToBigint(value);
        expect(bigintToBytes(integer, value.length)).toEqual(value);
        expect(bigintToBytes(integer, value.length + padding)).toEqual(concatBytes(new Uint8Array(padding), value));
        const significant = value.length - (value.findIndex(Boolean) === -1 ? value.length : value.findIndex(Boolean));
        expect(outcome(() => bigintToBytes(integer, significant - 1 - padding))).toBe("INVALID_LENGTH");
        expect(outcome(() => bigintToBytes(-integer - 1n, 64))).toBe("INVALID_LENGTH");
      }),
    );
  });
});

describe("order and concatenation", () => {
  test("compareBytes is the order of Buffer.compare, and 0 exactly for equal bytes", () => {
    const pair = fc.oneof(
      fc.tuple(bytes, bytes),
      bytes.chain((value) =>
        fc.tuple(
          fc.constant(value),
          fc.nat(64).map((end) => value.slice(0, end)),
        ),
      ),
    );
    fc.assert(
      fc.property(pair, ([left, right]) => {
        expect(Math.sign(compareBytes(left, right))).toBe(Buffer.compare(left, right));
        expect(equalBytes(left, right)).toBe(Buffer.compare(left, right) === 0);
      }),
    );
  });

  test("concatenation is that of Buffer, in a new array", () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), (parts) => {
        expect(concatBytes(...parts)).toEqual(new Uint8Array(Buffer.concat(parts)));
      }),
    );
  });
});
