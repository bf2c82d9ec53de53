import { addressFromBytes, bytesToHex, keccak256, systemProgram, type Address, type Pubkey } from "@trireme/core";
import { expect, it } from "vitest";
import { createMemoryDatabase } from "../database/memory-database.ts";
import { createWorldState } from "../world/world-state.ts";
import { createJournal, type Journal } from "./journal.ts";

const account: Address = addressFromBytes(new Uint8Array(20).fill(5));
const [key, value] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)] as const;
const record = { pubkey: new Uint8Array(32).fill(9) as Pubkey, owner: systemProgram, executable: false, dataLength: 10 };

function funded(): { readonly journal: Journal; readonly root: () => string } {
  const world = createWorldState({ database: createMemoryDatabase() });
  const journal = createJournal(world.reader);
  journal.beginTransaction();
  journal.setBalance(account, 10n ** 12n);
  return { journal, root: () => bytesToHex(world.preview(journal.takeDiff().diff)) };
}

// The state root has the data of an SVM account where it has the slots of another one: slots would stand in no root,
// and come back unproven when the record goes.
it("an account has slots or an SVM record, never both", () => {
  const { journal } = funded();
  journal.setSvmRecord(account, record);
  expect(() => journal.setStorage(account, key, value)).toThrow(/without an SVM record/);
  journal.setStorage(account, key, new Uint8Array(32));
  journal.removeSvmRecord(account);
  journal.setStorage(account, key, value);
  expect(() => journal.setSvmRecord(account, record)).toThrow(/without slots/);
  journal.clearStorage(account);
  journal.setSvmRecord(account, record);
  expect([journal.hasStorage(account), journal.getSvmRecord(account)]).toEqual([false, record]);
});

it("an account whose slots were cleared becomes the SVM account that it would be without them", () => {
  const [plain, cleared] = [funded(), funded()];
  cleared.journal.setStorage(account, key, value);
  cleared.journal.setStorage(account, key, new Uint8Array(32));
  expect(() => cleared.journal.setSvmRecord(account, record)).toThrow(/without slots/);
  cleared.journal.clearStorage(account);
  for (const { journal } of [plain, cleared]) journal.setSvmRecord(account, record);
  expect(cleared.root()).toBe(plain.root());
});

it("keeps a copy of the record that it is given", () => {
  const { journal } = funded();
  const given = { ...record, pubkey: new Uint8Array(32).fill(9) as Pubkey, owner: new Uint8Array(32).fill(8) as Pubkey };
  journal.setSvmRecord(account, given);
  const hash = bytesToHex(journal.getCodeHash(account));
  given.pubkey.fill(0);
  given.owner.fill(0);
  expect(journal.getSvmRecord(account)).toEqual({ ...record, owner: new Uint8Array(32).fill(8) });
  expect(bytesToHex(keccak256(journal.getCode(account)))).toBe(hash);
});
