/** Block records for tests of databases. */
import { keccak256, type Hash } from "@trireme/core";
import type { BlockRecord, Database } from "../database.ts";
import type { StateDiffEntry } from "../state-diff.ts";

const text = new TextEncoder();

/** Bytes of `value`. */
export const bytes = (value: string): Uint8Array => text.encode(value);

/** Hash of a text. */
export const hashOf = (value: string): Hash => keccak256(bytes(value)) as Hash;

/** A block whose diff writes `writes` and whose undo restores `before`; `fork` tells siblings apart. */
export function blockRecord(
  number: bigint,
  writes: Readonly<Record<string, string | undefined>> = {},
  before: Readonly<Record<string, string | undefined>> = {},
  fork: { readonly name: string; readonly parent: string } = { name: "", parent: "" },
): BlockRecord {
  const id = `${number}${fork.name}`;
  const transactions = [bytes(`transaction ${id}/0`), bytes(`transaction ${id}/1`)];
  return {
    number,
    hash: hashOf(`block ${id}`),
    parentHash: hashOf(`block ${number - 1n}${fork.parent}`),
    stateRoot: hashOf(`root ${id}`),
    header: bytes(`header ${id}`),
    transactions,
    transactionHashes: transactions.map((transaction) => keccak256(transaction) as Hash),
    aliases: [{ key: hashOf(`alias ${id}`), index: 1 }],
    receipts: [bytes(`receipt ${id}/0`), new Uint8Array(0)],
    diff: { entries: entriesOf(writes) },
    undo: { entries: entriesOf(before) },
    extra: bytes(`extra ${id}`),
  };
}

function entriesOf(values: Readonly<Record<string, string | undefined>>): readonly StateDiffEntry[] {
  return Object.keys(values)
    .sort()
    .map((key) => ({ key: bytes(key), value: values[key] === undefined ? undefined : bytes(values[key]) }));
}

/** The entries under `prefix`, as text. */
export function textEntries(database: Pick<Database, "entries">, prefix = ""): readonly (readonly [string, string])[] {
  return [...database.entries(bytes(prefix))].map(([key, value]) => [Buffer.from(key).toString(), Buffer.from(value).toString()]);
}

/** A block of about 200 bytes on disk, writing `value` under one key. */
export function smallBlock(number: bigint, value: string): BlockRecord {
  return {
    ...blockRecord(number, { k: value }, { k: number === 0n ? undefined : String(number - 1n) }),
    header: new Uint8Array(0),
    transactions: [],
    transactionHashes: [],
    receipts: [],
    extra: new Uint8Array(0),
  };
}

/** A block on the head that counts up some of `width` keys, with the undo that its database gives. `salt` makes its hash its own. */
export function countingBlock(database: Database, salt: string, width: number): BlockRecord {
  const number = (database.head ?? -1n) + 1n;
  const writes: Record<string, string | undefined> = {};
  const before: Record<string, string | undefined> = {};
  for (let step = 0; step < width; step++) {
    const key = `counter/${(Number(number) * 7 + step) % (width * 2)}`;
    const value = database.get(bytes(key));
    before[key] = value === undefined ? undefined : Buffer.from(value).toString();
    writes[key] = number % 5n === 4n && step === 0 ? undefined : `${number}/${salt}`;
  }
  const parent = database.head === undefined ? undefined : database.getBlock(database.head);
  const record = blockRecord(number, writes, before, { name: `/${salt}`, parent: "" });
  return parent === undefined ? record : { ...record, parentHash: parent.hash };
}

/** What is wrong with a database whose blocks begin at 0: links, indexes, or a state that is not the sum of its diffs; empty when all is well. */
export function faultsOf(database: Database): readonly string[] {
  const faults: string[] = [];
  const state = new Map<string, string>();
  for (let number = 0n; database.head !== undefined && number <= database.head; number++) {
    const block = database.getBlock(number);
    if (block?.number !== number) {
      faults.push(`block ${number} is missing`);
      continue;
    }
    const parent = number === 0n ? undefined : database.getBlock(number - 1n);
    if (parent !== undefined && Buffer.compare(parent.hash, block.parentHash) !== 0) faults.push(`block ${number} has another parent`);
    if (database.getBlockNumber(block.hash) !== number) faults.push(`block ${number} is not found by its hash`);
    for (const [index, hash] of block.transactionHashes.entries()) {
      const location = database.getTransactionLocation(hash);
      if (location?.blockNumber !== number || location.index !== index) faults.push(`transaction ${index} of block ${number} is not found`);
    }
    for (const { key, index } of block.aliases ?? []) {
      const location = database.getTransactionLocation(key);
      if (location?.blockNumber !== number || location.index !== index)
        faults.push(`transaction ${index} of block ${number} is not found by its alias`);
    }
    for (const { key, value } of block.diff.entries) {
      if (value === undefined) state.delete(Buffer.from(key).toString());
      else state.set(Buffer.from(key).toString(), Buffer.from(value).toString());
    }
  }
  const expected = JSON.stringify([...state].sort(([left], [right]) => (left < right ? -1 : 1)));
  if (JSON.stringify(textEntries(database)) !== expected) faults.push("the state is not the sum of the diffs");
  return faults;
}
