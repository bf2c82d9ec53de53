/** What each transaction of a block depends on: found by running it serially, every transaction in a journal of its own. */
import { bytesToHex, emptyCodeHash, type Address, type Transaction } from "@trireme/core";
import {
  accountFlatKey,
  createFlatReader,
  createJournal,
  encodeAccountRecord,
  flatGetOf,
  type FlatGet,
  type JournalWrites,
  type StateReader,
} from "@trireme/state";
import { isSameValue, type BlockGround } from "./block-ground.ts";

/** A value of the block, and whom a read of it waits for: who wrote it last, and who credited the account since. */
interface Written {
  value: Uint8Array | undefined;
  readonly by: number[];
}

/**
 * For each transaction the lower ones that wrote or credited what it reads, as they stand when it runs in its turn. Keys are those
 * of the flat key space: an account's record is one key, each slot and each page of data another.
 * @throws Error unless the block comes to what running it in one journal came to
 */
export function dependencyGraph(ground: BlockGround, transactions: readonly Transaction[]): readonly (readonly number[])[] {
  const base = flatGetOf(ground.world.reader);
  const written = new Map<string, Written>();
  const valueOf: FlatGet = (key) => {
    const known = written.get(bytesToHex(key));
    return known === undefined ? base(key) : known.value;
  };
  const current = createFlatReader(valueOf);
  const write = ({ entries, credits }: JournalWrites, by: readonly number[]): void => {
    for (const { key, value } of entries) written.set(bytesToHex(key), { value, by: [...by] });
    for (const { address, wei } of credits) {
      const name = bytesToHex(accountFlatKey(address));
      const value = credited(current, address, wei);
      const known = written.get(name);
      if (known === undefined) written.set(name, { value, by: [...by] });
      else {
        known.value = value;
        known.by.push(...by);
      }
    }
  };
  write({ entries: ground.begin().takeDiff().diff.entries, credits: [] }, []);
  const graph = transactions.map((transaction, index) => {
    const lower = new Set<number>();
    const recording: FlatGet = (key) => {
      for (const writer of written.get(bytesToHex(key))?.by ?? []) lower.add(writer);
      return valueOf(key);
    };
    const journal = createJournal(createFlatReader(recording));
    ground.execute(transaction, journal);
    write(journal.takeWrites(), [index]);
    return [...lower];
  });
  for (const { key, value } of ground.runSerially(transactions).changes.diff.entries) {
    if (!isSameValue(valueOf(key), value)) throw new Error(`transactions one by one come to another value of ${bytesToHex(key)}`);
  }
  return graph;
}

function credited(reader: StateReader, address: Address, wei: bigint): Uint8Array {
  const record = reader.getAccount(address) ?? {
    nonce: 0n,
    balance: 0n,
    codeHash: emptyCodeHash,
    storageGeneration: reader.getNextGeneration(address),
    hasSlots: false,
    svm: undefined,
  };
  return encodeAccountRecord({ ...record, balance: record.balance + wei });
}
