import { addressFromBytes, emptyCodeHash, type Address } from "@trireme/core";
import { expect, it } from "vitest";
import { encodeAccountRecord } from "../account-encoding.ts";
import { accountFlatKey } from "../flat-key.ts";
import { createFlatReader } from "../flat-reader.ts";
import { createJournal } from "./journal.ts";

const [payee, other] = [1, 2].map((byte) => addressFromBytes(new Uint8Array(20).fill(byte))) as [Address, Address];
const lamport = 1_000_000_000n;

it("knows what an account had at the start once somebody has read it, and reads nothing itself", () => {
  const record = encodeAccountRecord({
    nonce: 0n,
    balance: 10n,
    codeHash: emptyCodeHash,
    storageGeneration: 0,
    hasSlots: false,
    svm: undefined,
  });
  const key = accountFlatKey(payee).toString();
  let reads = 0;
  const reader = createFlatReader((asked) => (asked.toString() === key ? (reads++, record) : undefined));
  const journal = createJournal(reader);
  journal.beginTransaction();
  journal.credit(payee, 2n * lamport);
  journal.endTransaction();
  journal.beginTransaction();
  journal.credit(payee, lamport);
  const checkpoint = journal.checkpoint();
  journal.credit(other, 5n);
  const unread = { before: undefined, credited: lamport };
  expect(journal.touched(1)).toEqual([{ address: payee, ...unread }]);
  expect(journal.touched(9)).toEqual([
    { address: payee, ...unread },
    { address: other, before: undefined, credited: 5n },
  ]);
  expect(reads).toBe(0);
  journal.revert(checkpoint);
  journal.setBalance(payee, 1n);
  expect(journal.touched(9)).toEqual([{ address: payee, before: 10n + 2n * lamport, credited: 0n }]);
  journal.endTransaction();
  journal.beginTransaction();
  expect(journal.touched(9)).toEqual([]);
});
