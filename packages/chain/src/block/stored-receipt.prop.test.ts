import { toPubkey, type Address, type Pubkey } from "@trireme/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeStoredReceipt, encodeStoredReceipt, type StoredReceipt } from "./stored-receipt.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const address = bytes(20).map((value) => value as Address);
const wei = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n });
const gas = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const pubkey = fc.oneof(
  address.map(toPubkey),
  bytes(32).map((value) => value as Pubkey),
);
const involved = fc.oneof(
  fc.record({ pubkey, isWritten: fc.constant(true), before: wei, after: wei }),
  fc.tuple(pubkey, wei).map(([key, before]) => ({ pubkey: key, isWritten: false, before, after: before })),
);
const receipt: fc.Arbitrary<StoredReceipt> = fc.record(
  {
    succeeded: fc.boolean(),
    gasUsed: gas,
    effectiveGasPrice: wei,
    blobGasUsed: gas,
    created: fc.option(address, { nil: undefined }),
    logs: fc.array(fc.record({ address, topics: fc.array(bytes(32), { maxLength: 4 }), data: fc.uint8Array() }), { maxLength: 3 }),
    programLogs: fc.array(fc.string({ unit: "grapheme" }), { maxLength: 3 }),
    extra: fc.uint8Array(),
    involved: fc.array(involved, { maxLength: 4 }),
  },
  { requiredKeys: ["succeeded", "gasUsed", "effectiveGasPrice", "blobGasUsed", "created", "logs", "programLogs"] },
);

it("a receipt comes back as it was, with and without what dialects add", () => {
  fc.assert(
    fc.property(receipt, (stored) => {
      expect(decodeStoredReceipt(encodeStoredReceipt(stored))).toEqual(stored);
    }),
  );
});
