/** Opening: what a database has becomes the shared flat state and the trie, in steps of bounded size. */
import { bytesToHex, compareBytes, TriremeError, type Address } from "@trireme/core";
import { decodeAccountRecord } from "../account-encoding.ts";
import type { BlockRecord, Database } from "../database.ts";
import { flatKeyFromBytes, flatKind } from "../flat-key.ts";
import type { SharedStore } from "../shared/shared-store.ts";
import type { StateDiffEntry } from "../state-diff.ts";
import { createStateTrie, type StateTrie } from "../trie/state-trie.ts";
import type { TrieAccountChange, TriePageChange, TrieSlotChange } from "../trie/trie-changes.ts";
import { trieAccount } from "./group-changes.ts";

type FlatEntry = readonly [key: Uint8Array, value: Uint8Array];

/** Entries of one kind, in step with the accounts that own them. */
interface OwnedEntries {
  /** Entries of the account; those of addresses before it belong to nobody and are passed over. */
  take(address: Address): readonly FlatEntry[];
}

const ENTRIES_PER_STEP = 20_000;

/**
 * Loads the state at the database's head into an empty store and gives its trie.
 * @throws TriremeError `ROOT_MISMATCH` when the entries do not have the root of the head block
 */
export function loadState(database: Database, store: SharedStore): StateTrie {
  for (const kind of Object.values(flatKind)) fillStore(store, database.entries(Uint8Array.of(kind)));
  const slots = ownedEntries(database.entries(Uint8Array.of(flatKind.slot)));
  const pages = ownedEntries(database.entries(Uint8Array.of(flatKind.page)));
  let trie = createStateTrie();
  let changes: TrieAccountChange[] = [];
  let pending = 0;
  for (const [key, value] of database.entries(Uint8Array.of(flatKind.account))) {
    const address = key.slice(1) as Address;
    const change = accountChange(address, value, slots.take(address), pages.take(address));
    changes.push(change);
    pending += 1 + change.slots.length + (change.data?.pages.length ?? 0);
    if (pending < ENTRIES_PER_STEP) continue;
    trie = trie.update(changes);
    changes = [];
    pending = 0;
  }
  trie = trie.update(changes);
  assertRoot(database, trie);
  return trie;
}

function fillStore(store: SharedStore, entries: Iterable<FlatEntry>): void {
  let step: StateDiffEntry[] = [];
  for (const [key, value] of entries) {
    step.push({ key, value });
    if (step.length < ENTRIES_PER_STEP) continue;
    store.apply({ entries: step });
    step = [];
  }
  store.apply({ entries: step });
}

function accountChange(address: Address, value: Uint8Array, slots: readonly FlatEntry[], pages: readonly FlatEntry[]): TrieAccountChange {
  const record = decodeAccountRecord(value);
  const slotChanges: TrieSlotChange[] = [];
  const pageChanges: TriePageChange[] = [];
  for (const [key, value] of record.svm === undefined ? slots : []) {
    const flat = flatKeyFromBytes(key);
    // Slots of other generations are the remains of storage that was cleared.
    if (flat.kind === "slot" && flat.generation === record.storageGeneration) slotChanges.push({ key: flat.key, value });
  }
  for (const [key, value] of record.svm === undefined ? [] : pages) {
    const flat = flatKeyFromBytes(key);
    if (flat.kind === "page") pageChanges.push({ index: flat.index, bytes: value });
  }
  return {
    address,
    account: trieAccount(record),
    storageCleared: false,
    slots: slotChanges,
    data: record.svm === undefined ? undefined : { length: record.svm.dataLength, pages: pageChanges },
  };
}

function ownedEntries(entries: Iterable<FlatEntry>): OwnedEntries {
  const iterator = entries[Symbol.iterator]();
  let next = iterator.next();
  return {
    take(address) {
      const found: FlatEntry[] = [];
      for (; next.done !== true; next = iterator.next()) {
        const order = compareBytes(next.value[0].subarray(1, 21), address);
        if (order > 0) break;
        if (order === 0) found.push(next.value);
      }
      return found;
    },
  };
}

function assertRoot(database: Database, trie: StateTrie): void {
  const head = database.head === undefined ? undefined : (database.getBlock(database.head) as BlockRecord);
  if (head === undefined || compareBytes(head.stateRoot, trie.root) === 0) return;
  const expected = bytesToHex(head.stateRoot);
  const found = bytesToHex(trie.root);
  throw new TriremeError("ROOT_MISMATCH", `block ${head.number}: expected the state root ${expected}, got ${found} from the stored state`, {
    details: { number: head.number, expected, found },
  });
}
