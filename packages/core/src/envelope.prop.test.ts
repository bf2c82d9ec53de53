import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeDialectEnvelope,
  dialectTransactionType,
  encodeDialectEnvelope,
  solanaIdOfEthereumTransaction,
  solanaIdTag,
} from "./envelope.ts";

const dialect = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const envelope = fc.record({ dialect, payload: fc.uint8Array({ maxLength: 80 }) });

describe("the dialect envelope", () => {
  test("round trips, and begins with its reserved type", () => {
    fc.assert(
      fc.property(envelope, (value) => {
        const raw = encodeDialectEnvelope(value);
        expect(raw[0]).toBe(dialectTransactionType);
        expect(decodeDialectEnvelope(raw)).toEqual(value);
      }),
    );
  });

  test("decoding is total and there is one encoding: any bytes give an envelope of these very bytes, or undefined", () => {
    const damaged = fc.tuple(envelope, fc.nat(), fc.nat(255), fc.nat(4)).map(([value, at, byte, cut]) => {
      const raw = encodeDialectEnvelope(value);
      raw[at % Math.min(raw.length, 34)] = byte;
      return raw.slice(0, raw.length - cut);
    });
    const prefixed = fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.of(dialectTransactionType, ...rest));
    fc.assert(
      fc.property(fc.oneof(damaged, prefixed, fc.uint8Array({ maxLength: 60 })), (raw) => {
        const decoded = decodeDialectEnvelope(raw);
        expect(decoded === undefined ? raw : encodeDialectEnvelope(decoded)).toEqual(raw);
      }),
      { numRuns: 1000 },
    );
  });

  test.each(["", "Solana", "1x", "-x", "a b", "x".repeat(32), "é"])("a dialect named %j is refused", (name) => {
    expect(() => encodeDialectEnvelope({ dialect: name, payload: new Uint8Array(0) })).toThrow(/expected a dialect name/);
  });

  test("its type is none of Ethereum's, nor the first byte of a legacy transaction's list", () => {
    expect(dialectTransactionType).toBeGreaterThan(4);
    expect(dialectTransactionType).toBeLessThan(0x7f + 1);
  });
});

test("the Solana id of an Ethereum transaction is the tag, then its hash", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (hash) => {
      const id = solanaIdOfEthereumTransaction(hash);
      expect(id).toHaveLength(64);
      expect([id.slice(0, 32), id.slice(32)]).toEqual([solanaIdTag, hash]);
    }),
  );
});
