import { addressFromBytes, emptyCodeHash, type Address } from "@trireme/core";
import { expect, it } from "vitest";
import { encodeAccountRecord } from "../account-encoding.ts";
import { accountFlatKey } from "../flat-key.ts";
import { createFlatReader } from "../flat-reader.ts";
import { createJournal, type Journal } from "./journal.ts";

const address = (byte: number): Address => addressFromBytes(new Uint8Array(20).fill(byte));
const [payer, rich] = [address(1), address(2)];
const largest = (1n << 256n) - 1n;

/** `rich` has 10 wei less than fit, in the reader. */
function richJournal(): Journal {
  const record = encodeAccountRecord({
    nonce: 0n,
    balance: largest - 10n,
    codeHash: emptyCodeHash,
    storageGeneration: 0,
    hasSlots: false,
    svm: undefined,
  });
  const key = accountFlatKey(rich).toString();
  const journal = createJournal(createFlatReader((asked) => (asked.toString() === key ? record : undefined)));
  journal.setBalance(payer, 100n);
  journal.beginTransaction();
  return journal;
}

it.each([false, true])("stops a balance at 2^256 - 1, read before: %s", (isRead) => {
  const journal = richJournal();
  if (isRead) journal.getBalance(rich);
  const outer = journal.checkpoint();
  expect(journal.transfer(payer, rich, 7n)).toBe(true);
  const inner = journal.checkpoint();
  journal.credit(rich, 60n);
  expect(journal.getBalance(rich)).toBe(largest);
  journal.revert(inner);
  expect(journal.getBalance(rich)).toBe(largest - 3n);
  journal.revert(outer);
  expect([payer, rich].map(journal.getBalance)).toEqual([100n, largest - 10n]);
  journal.credit(rich, 60n);
  journal.endTransaction();
  expect(journal.takeDiff().diff.entries).toHaveLength(2);
});

it("refuses balances and nonces that no account can have, at once", () => {
  const journal = richJournal();
  for (const wei of [-1n, largest + 1n]) expect(() => journal.setBalance(payer, wei)).toThrow(/balance of 0 to 2\^256 - 1/);
  for (const nonce of [-1n, 1n << 64n]) expect(() => journal.setNonce(payer, nonce)).toThrow(/nonce of 0 to 2\^64 - 1/);
});
