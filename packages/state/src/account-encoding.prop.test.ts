import { emptyCodeHash, type Hash, type Pubkey, type SvmRecord } from "@trireme/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAccountRecord, encodeAccountRecord } from "./account-encoding.ts";
import type { AccountRecord } from "./state-reader.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const recordArbitrary: fc.Arbitrary<AccountRecord> = fc.record({
  nonce: fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, 2n ** 64n - 1n)),
  balance: fc.oneof(fc.constant(0n), fc.bigInt(0n, 2n ** 64n), fc.bigInt(0n, 2n ** 256n - 1n)),
  codeHash: fc.oneof(
    fc.constant(emptyCodeHash),
    bytes32.map((bytes) => bytes as Hash),
  ),
  storageGeneration: fc.oneof(fc.constant(0), fc.nat(0xffff_ffff)),
  hasSlots: fc.boolean(),
  svm: fc.option(
    fc.record<SvmRecord>({
      pubkey: bytes32.map((bytes) => bytes as Pubkey),
      owner: bytes32.map((bytes) => bytes as Pubkey),
      executable: fc.boolean(),
      dataLength: fc.nat(10 * 1024 * 1024),
    }),
    { nil: undefined },
  ),
});
const wallet: AccountRecord = { nonce: 0n, balance: 0n, codeHash: emptyCodeHash, storageGeneration: 0, hasSlots: false, svm: undefined };

describe("account records", () => {
  test("decode to what was encoded", () => {
    fc.assert(fc.property(recordArbitrary, (record) => void expect(decodeAccountRecord(encodeAccountRecord(record))).toEqual(record)));
  });

  test("have one encoding: whatever decodes encodes to the same bytes, everything else is refused by code", () => {
    const mutated = fc.tuple(recordArbitrary, fc.nat(), fc.nat(255), fc.nat(2)).map(([record, at, byte, cut]) => {
      const encoded = encodeAccountRecord(record);
      encoded[at % encoded.length] = byte;
      return encoded.slice(0, encoded.length - cut);
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 120 })), (bytes) => {
        let decoded: AccountRecord | undefined;
        let refused: unknown;
        try {
          decoded = decodeAccountRecord(bytes);
        } catch (error) {
          refused = error;
        }
        expect(decoded === undefined ? (refused as { code: string }).code : encodeAccountRecord(decoded)).toEqual(
          decoded === undefined ? "INVALID_ENCODING" : bytes,
        );
      }),
      { numRuns: 2000 },
    );
  });

  test("are read past each other: owners and code hashes that recur, and bytes that change afterwards, show in no other record", () => {
    // So few values, most with the same first byte, that they come again and again and push each other out.
    const few = fc.tuple(fc.nat(1), fc.nat(3)).map(([first, last]) => Uint8Array.of(first, ...new Uint8Array(30), last));
    const recurring = fc.record({
      codeHash: few.map((bytes) => bytes as Hash),
      svm: fc.record({ pubkey: few, owner: few, executable: fc.boolean(), dataLength: fc.nat(2) }).map((record) => record as SvmRecord),
    });
    fc.assert(
      fc.property(fc.array(recurring, { maxLength: 20 }), (parts) => {
        const records = parts.map((part): AccountRecord => ({ ...wallet, ...part }));
        const decoded = records.map((record) => {
          const bytes = encodeAccountRecord(record);
          const read = decodeAccountRecord(bytes);
          bytes.fill(255);
          return read;
        });
        expect(decoded).toEqual(records);
      }),
    );
  });

  test("are small: an empty account takes 1 byte, a wallet with an ether and a nonce 12", () => {
    expect(encodeAccountRecord(wallet)).toEqual(Uint8Array.of(0));
    expect(encodeAccountRecord({ ...wallet, nonce: 7n, balance: 10n ** 18n })).toHaveLength(12);
  });

  test.each([
    { ...wallet, balance: -1n },
    { ...wallet, balance: 2n ** 256n },
    { ...wallet, nonce: 2n ** 64n },
    { ...wallet, storageGeneration: 2 ** 32 },
    { ...wallet, storageGeneration: 0.5 },
  ])("do not encode numbers that do not fit: %o", (record) => {
    expect(() => encodeAccountRecord(record)).toThrow(/that fits its field/);
  });
});
