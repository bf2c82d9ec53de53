import { addressFromBytes, type Address } from "@trireme/core";
import { expect, it } from "vitest";
import { decodeAccountRecord } from "../account-encoding.ts";
import { createFlatReader } from "../flat-reader.ts";
import { accountFlatKey, slotFlatKey } from "../flat-key.ts";
import { createJournal } from "./journal.ts";

const [payer, payee, coinbase] = [1, 2, 3].map((byte) => addressFromBytes(new Uint8Array(20).fill(byte))) as [Address, Address, Address];
const gwei = 10n ** 9n;

it("hands out credits apart that nobody has read, and reads nothing for them", () => {
  const read: string[] = [];
  const flat = createFlatReader(() => undefined);
  const journal = createJournal({
    ...flat,
    getAccount: (address) => {
      read.push(address.join());
      return flat.getAccount(address);
    },
  });
  journal.beginTransaction();
  journal.setBalance(payer, 5n * gwei);
  journal.transfer(payer, payee, 3n * gwei);
  journal.credit(coinbase, 2n * gwei);
  const checkpoint = journal.checkpoint();
  journal.credit(coinbase, 100n * gwei);
  journal.revert(checkpoint);
  journal.endTransaction();
  const { entries, credits } = journal.takeWrites();
  expect(credits).toEqual([
    { address: payee, wei: 3n * gwei },
    { address: coinbase, wei: 2n * gwei },
  ]);
  expect(entries.map(({ key }) => key)).toEqual([accountFlatKey(payer)]);
  expect(read).toEqual([payer.join()]);
  expect(journal.takeDiff().diff.entries).toEqual([]);
});

it("writes an account whose balance somebody read as a whole, and slots beside it", () => {
  const journal = createJournal(createFlatReader(() => undefined));
  journal.beginTransaction();
  journal.credit(payee, gwei);
  expect(journal.getBalance(payee)).toBe(gwei);
  journal.setNonce(payee, 1n);
  journal.setStorage(payee, new Uint8Array(32).fill(7), new Uint8Array(32).fill(9));
  journal.endTransaction();
  const { entries, credits } = journal.takeWrites();
  expect(credits).toEqual([]);
  expect(entries.map(({ key }) => key)).toEqual([accountFlatKey(payee), slotFlatKey(payee, 0, new Uint8Array(32).fill(7))]);
  expect(decodeAccountRecord(entries[0]?.value ?? new Uint8Array(0))).toMatchObject({ balance: gwei, nonce: 1n, hasSlots: true });
});
