/** Finding, loading and marking the accounts of a journal. */
import { emptyBytes, emptyCodeHash, keccak256, svmDesignator, type Address, type Hash } from "@trireme/core";
import type { AccountRecord } from "../state-reader.ts";
import { hashBytes, sameBytes } from "./byte-table.ts";
import type { AccountEntry, JournalState, Storage } from "./journal-state.ts";

/** Largest balance, in wei: 2^256 - 1. */
export const maxBalance: bigint = (1n << 256n) - 1n;

/** The entry of an account, made where there is none; not loaded by this. */
export function findAccount(state: JournalState, address: Address): AccountEntry {
  const last = state.lastAccount;
  if (last !== undefined && sameBytes(last.key, address)) return last;
  const hash = hashBytes(address, 0);
  let entry = state.accounts.find(undefined, address, hash);
  if (entry === undefined) {
    entry = createEntry(state, address.slice() as Address, hash);
    state.accounts.insert(entry);
    state.accountCount++;
  }
  state.lastAccount = entry;
  return entry;
}

/** The entry of an account, loaded. */
export function loadedAccount(state: JournalState, address: Address): AccountEntry {
  const entry = findAccount(state, address);
  if (!entry.isLoaded) loadAccount(state, entry);
  return entry;
}

/** Reads the account and folds in what was credited before. */
export function loadAccount(state: JournalState, entry: AccountEntry): void {
  const base = state.reader.getAccount(entry.key);
  state.loadedAccounts.push(entry);
  entry.isLoaded = true;
  entry.base = base;
  entry.isPresent = base !== undefined || entry.pendingCredit > 0n;
  entry.balance = foldedBalance(entry);
  if (base === undefined) {
    entry.storage.isFresh = true;
    entry.code = emptyBytes;
    return;
  }
  entry.nonce = base.nonce;
  entry.storage.generation = base.storageGeneration;
  entry.storage.hasSlots = base.hasSlots;
  entry.svm = base.svm;
  if (base.svm === undefined) {
    // One object for "no code", so that emptiness is a comparison of references.
    const hasCode = !sameBytes(base.codeHash, emptyCodeHash);
    entry.codeHash = hasCode ? base.codeHash : emptyCodeHash;
    entry.code = hasCode ? undefined : emptyBytes;
  } else {
    entry.code = emptyBytes;
    entry.designatorHash = base.codeHash;
    entry.data = { visibleLength: base.svm.dataLength, pages: new Map(), read: undefined };
  }
}

/** Marks as touched and as part of the block's changes. */
export function touchAccount(state: JournalState, entry: AccountEntry): void {
  if (entry.touchedIn === state.transaction) return;
  state.log.push(undoTouch, state, entry.touchedIn);
  entry.touchedIn = state.transaction;
  state.touched.push(entry);
  // What is credited unread is not read for this either: the credits before the transaction, as a negative number.
  state.startBalances.push(entry.isLoaded ? entry.balance : -1n - entry.pendingCredit);
  markDirty(state, entry);
}

/** Touches a loaded account that is about to be written, and makes its record where there is none. */
export function writeAccount(state: JournalState, entry: AccountEntry): void {
  touchAccount(state, entry);
  if (entry.isPresent) return;
  state.log.push(undoPresent, entry, false);
  entry.isPresent = true;
}

/** Sets the balance of a loaded account. */
export function writeBalance(state: JournalState, entry: AccountEntry, wei: bigint): void {
  writeAccount(state, entry);
  if (entry.balance === wei) return;
  state.log.push(undoBalance, entry, entry.balance);
  entry.balance = wei;
}

/**
 * Adds wei, up to the largest balance: only what a developer made out of nothing can go past it. Reads nothing of an
 * account that is not loaded. Adding 0 only touches.
 */
export function creditAccount(state: JournalState, entry: AccountEntry, wei: bigint): void {
  if (wei === 0n) touchAccount(state, entry);
  else if (entry.isLoaded) writeBalance(state, entry, saturated(entry.balance + wei));
  else {
    touchAccount(state, entry);
    state.log.push(undoCredit, entry, wei);
    entry.pendingCredit += wei;
  }
}

/** An account that a transaction touched. */
export interface TouchedBalance {
  readonly address: Address;
  /** Wei when the transaction began; undefined where it was only credited and nobody has read it. */
  readonly before: bigint | undefined;
  /** Wei that it was credited, where nobody has read it. */
  readonly credited: bigint;
}

/** What is known of a touched account; `noted` is its entry among `startBalances`. */
export function touchedBalance({ key, isLoaded, base, pendingCredit }: AccountEntry, noted: bigint): TouchedBalance {
  if (noted >= 0n) return { address: key, before: noted, credited: 0n };
  const creditedBefore = -1n - noted;
  if (!isLoaded) return { address: key, before: undefined, credited: pendingCredit - creditedBefore };
  return { address: key, before: saturated((base?.balance ?? 0n) + creditedBefore), credited: 0n };
}

/** Whether a loaded account is empty as EIP-161 defines it: no balance, nonce, code or SVM record. */
export function isEmptyAccount(entry: AccountEntry): boolean {
  return entry.balance === 0n && entry.nonce === 0n && entry.svm === undefined && entry.codeHash === emptyCodeHash;
}

/** keccak256 of the code that other VMs see of a loaded account. */
export function codeHashOf(entry: AccountEntry): Hash {
  if (entry.svm === undefined) return entry.codeHash;
  return (entry.designatorHash ??= keccak256(svmDesignator(entry.svm)) as Hash);
}

/** The record of a loaded account as it stands; undefined where there is none. */
export function accountRecord(state: JournalState, entry: AccountEntry): AccountRecord | undefined {
  if (!entry.isPresent) return undefined;
  return {
    nonce: entry.nonce,
    balance: entry.balance,
    codeHash: codeHashOf(entry),
    storageGeneration: generationOf(state, entry, entry.storage),
    hasSlots: entry.storage.hasSlots,
    svm: entry.svm,
  };
}

/** The generation of a loaded account's storage, read when it is first needed. */
export function generationOf(state: JournalState, entry: AccountEntry, storage: Storage): number {
  return (storage.generation ??= state.reader.getNextGeneration(entry.key));
}

/** A storage that has nothing in the reader, in place of `storage`. */
export function nextStorage(state: JournalState, entry: AccountEntry, storage: Storage): Storage {
  return {
    salt: state.nextSalt++,
    generation: generationOf(state, entry, storage) + 1,
    hasSlots: false,
    isFresh: true,
    cleared: storage,
    clearedIn: state.transaction,
  };
}

/** Lists an account as one that the block may have changed. */
export function markDirty(state: JournalState, entry: AccountEntry): void {
  if (entry.isDirty) return;
  entry.isDirty = true;
  state.dirtyAccounts.push(entry);
}

/** Makes an entry as good as new; the slots of its storage must be forgotten too. Marks of transactions stay, and are void. */
export function forgetAccount(state: JournalState, entry: AccountEntry): void {
  entry.isLoaded = false;
  entry.base = undefined;
  entry.isPresent = false;
  entry.balance = 0n;
  entry.nonce = 0n;
  entry.codeHash = emptyCodeHash;
  entry.code = undefined;
  if (entry.storage.cleared === undefined) {
    entry.storage.generation = undefined;
    entry.storage.hasSlots = false;
    entry.storage.isFresh = false;
  } else entry.storage = createStorage(state);
  entry.svm = undefined;
  entry.designatorHash = undefined;
  entry.data = undefined;
  entry.pendingCredit = 0n;
  entry.isDirty = false;
}

function createStorage(state: JournalState): Storage {
  return { salt: state.nextSalt++, generation: undefined, hasSlots: false, isFresh: false, cleared: undefined, clearedIn: 0 };
}

function createEntry(state: JournalState, key: Address, hash: number): AccountEntry {
  return {
    hash,
    key,
    owner: undefined,
    isLoaded: false,
    base: undefined,
    isPresent: false,
    balance: 0n,
    nonce: 0n,
    codeHash: emptyCodeHash,
    code: undefined,
    storage: createStorage(state),
    svm: undefined,
    designatorHash: undefined,
    data: undefined,
    pendingCredit: 0n,
    isDirty: false,
    touchedIn: 0,
    createdIn: 0,
    destroyedIn: 0,
    warmIn: 0,
  };
}

/** Balance in the reader and what was credited without reading it. */
function foldedBalance({ base, pendingCredit }: AccountEntry): bigint {
  return saturated((base?.balance ?? 0n) + pendingCredit);
}

function saturated(wei: bigint): bigint {
  return wei > maxBalance ? maxBalance : wei;
}

function undoTouch(state: JournalState, touchedIn: number): void {
  state.startBalances.pop();
  (state.touched.pop() as AccountEntry).touchedIn = touchedIn;
}

function undoPresent(entry: AccountEntry, isPresent: boolean): void {
  entry.isPresent = isPresent;
}

function undoBalance(entry: AccountEntry, balance: bigint): void {
  entry.balance = balance;
}

function undoCredit(entry: AccountEntry, wei: bigint): void {
  entry.pendingCredit -= wei;
  if (!entry.isLoaded) return;
  // Whatever was written after this credit, and so after the load, is undone by now.
  entry.balance = foldedBalance(entry);
  // What made the account present was this credit alone: later writes are undone by now.
  if (entry.pendingCredit === 0n && entry.base === undefined) entry.isPresent = false;
}
