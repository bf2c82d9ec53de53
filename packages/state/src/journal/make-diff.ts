/** The block's changes as sorted entries of the flat key space, and the entries that undo them. */
import { accountDataPageSize, compareBytes, emptyCodeHash, equalBytes, type Address, type Hash, type SvmRecord } from "@trireme/core";
import { encodeAccountRecord } from "../account-encoding.ts";
import {
  accountFlatKey,
  codeFlatKey,
  generationFlatKey,
  generationValue,
  pageFlatKey,
  pageValueFromBytes,
  slotFlatKey,
  slotValueFromWord,
} from "../flat-key.ts";
import { sortByKey } from "../sort-by-key.ts";
import type { StateDiff, StateDiffEntry } from "../state-diff.ts";
import type { AccountRecord } from "../state-reader.ts";
import { accountRecord, generationOf, loadAccount } from "./account-entry.ts";
import { currentPage } from "./data-pages.ts";
import type { AccountEntry, JournalState } from "./journal-state.ts";

/** What a block changed, and what stood there before. */
export interface DiffAndUndo {
  readonly diff: StateDiff;
  readonly undo: StateDiff;
}

interface Change {
  readonly key: Uint8Array;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/** Wei that an account was credited without being read. */
export interface UnreadCredit {
  readonly address: Address;
  readonly wei: bigint;
}

/** What was changed, with credits apart that nobody has read: they add up in any order. */
export interface JournalWrites {
  /** New values, in no order; a key may stand twice with the same value. */
  readonly entries: readonly StateDiffEntry[];
  readonly credits: readonly UnreadCredit[];
}

/** Collects the real changes of the block against the reader. */
export function makeDiff(state: JournalState): DiffAndUndo {
  for (const entry of state.dirtyAccounts) if (!entry.isLoaded) loadAccount(state, entry);
  const changes: Change[] = [];
  collectChanges(state, {
    add: (key, before, after) => {
      if (!isSameValue(before, after)) changes.push({ key, before, after });
    },
    addPage: (key, after, readBefore) => {
      const before = readBefore();
      if (!isSameValue(before, after)) changes.push({ key, before, after });
    },
    addRecord: (key, before, after) => {
      changes.push({ key, before: before === undefined ? undefined : encodeAccountRecord(before), after });
    },
    addCode: (hash, code) => {
      if (state.reader.getCode(hash) === undefined) changes.push({ key: codeFlatKey(hash), before: undefined, after: code });
    },
  });
  sortByKey(changes);
  const diff: StateDiffEntry[] = [];
  const undo: StateDiffEntry[] = [];
  let previous: Change | undefined;
  for (const change of changes) {
    // The same code may have been deployed under two hash objects.
    if (previous !== undefined && compareBytes(previous.key, change.key) === 0) continue;
    previous = change;
    diff.push({ key: change.key, value: change.after });
    undo.push({ key: change.key, value: change.before });
  }
  return { diff: { entries: diff }, undo: { entries: undo } };
}

/** Collects the changes without reading what was only credited. */
export function makeWrites(state: JournalState): JournalWrites {
  const credits: UnreadCredit[] = [];
  for (const { isLoaded, key, pendingCredit } of state.dirtyAccounts)
    if (!isLoaded && pendingCredit > 0n) credits.push({ address: key, wei: pendingCredit });
  const entries: StateDiffEntry[] = [];
  collectChanges(state, {
    add: (key, before, after) => {
      if (!isSameValue(before, after)) entries.push({ key, value: after });
    },
    addRecord: (key, _before, after) => {
      entries.push({ key, value: after });
    },
    addPage: (key, after) => {
      entries.push({ key, value: after });
    },
    // Also where the reader has it: from a transaction that may yet leave it out, or a state that is no more.
    addCode: (hash, code) => {
      entries.push({ key: codeFlatKey(hash), value: code });
    },
  });
  return { entries, credits };
}

/** Takes what may have changed. */
interface ChangeSink {
  /** Both values may be the same. */
  add(key: Uint8Array, before: Uint8Array | undefined, after: Uint8Array | undefined): void;
  /** Of a page that was written or cut off; both values may be the same. */
  addPage(key: Uint8Array, after: Uint8Array | undefined, readBefore: () => Uint8Array | undefined): void;
  /** They differ. */
  addRecord(key: Uint8Array, before: AccountRecord | undefined, after: Uint8Array | undefined): void;
  /** Code that an account got. */
  addCode(hash: Hash, code: Uint8Array): void;
}

function collectChanges(state: JournalState, sink: ChangeSink): void {
  let codes: Map<Hash, Uint8Array> | undefined;
  for (const entry of state.dirtyAccounts) {
    if (!entry.isLoaded) continue;
    addAccount(state, entry, sink);
    addPages(state, entry, sink);
    if (entry.codeHash !== emptyCodeHash && entry.codeHash !== entry.base?.codeHash && entry.code !== undefined) {
      (codes ??= new Map()).set(entry.codeHash, entry.code);
    }
  }
  for (const slot of state.dirtySlots) {
    if (slot.account.storage !== slot.owner || slot.base === slot.value) continue;
    const key = slotFlatKey(slot.account.key, generationOf(state, slot.account, slot.owner), slot.key);
    sink.add(key, slotValueFromWord(slot.base), slotValueFromWord(slot.value));
  }
  if (codes !== undefined) for (const [hash, code] of codes) sink.addCode(hash, code);
}

function addAccount(state: JournalState, entry: AccountEntry, sink: ChangeSink): void {
  const { base } = entry;
  const record = accountRecord(state, entry);
  if (base === undefined ? record !== undefined : record === undefined || !isSameRecord(base, record))
    sink.addRecord(accountFlatKey(entry.key), base, record === undefined ? undefined : encodeAccountRecord(record));
  // The generation stands in the account's record, or under a key of its own while there is no account.
  if (base !== undefined && record !== undefined) return;
  const generationBefore = base === undefined ? state.reader.getNextGeneration(entry.key) : 0;
  const generationAfter = record === undefined ? generationOf(state, entry, entry.storage) : 0;
  sink.add(generationFlatKey(entry.key), optionalGeneration(generationBefore), optionalGeneration(generationAfter));
}

function isSameRecord(left: AccountRecord, right: AccountRecord): boolean {
  return (
    left.balance === right.balance &&
    left.nonce === right.nonce &&
    left.storageGeneration === right.storageGeneration &&
    left.hasSlots === right.hasSlots &&
    (left.codeHash === right.codeHash || equalBytes(left.codeHash, right.codeHash)) &&
    isSameSvmRecord(left.svm, right.svm)
  );
}

function isSameSvmRecord(left: SvmRecord | undefined, right: SvmRecord | undefined): boolean {
  if (left === right || left === undefined || right === undefined) return left === right;
  return (
    left.executable === right.executable &&
    left.dataLength === right.dataLength &&
    equalBytes(left.owner, right.owner) &&
    equalBytes(left.pubkey, right.pubkey)
  );
}

function addPages(state: JournalState, entry: AccountEntry, sink: ChangeSink): void {
  const lengthBefore = entry.base?.svm?.dataLength ?? 0;
  const data = entry.data;
  if (data === undefined && lengthBefore === 0) return;
  const indices = new Set(data?.pages.keys());
  const visibleLength = data?.visibleLength ?? 0;
  if (visibleLength < lengthBefore) {
    const firstHidden = Math.floor(visibleLength / accountDataPageSize);
    for (let index = firstHidden; index * accountDataPageSize < lengthBefore; index++) indices.add(index);
  }
  for (const index of indices) {
    const current = data === undefined ? undefined : currentPage(state, entry, data, index);
    const after = current === undefined ? undefined : pageValueFromBytes(current);
    sink.addPage(pageFlatKey(entry.key, index), after, () => (lengthBefore === 0 ? undefined : state.reader.getDataPage(entry.key, index)));
  }
}

function optionalGeneration(generation: number): Uint8Array | undefined {
  return generation === 0 ? undefined : generationValue(generation);
}

function isSameValue(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.length === right.length && compareBytes(left, right) === 0;
}
