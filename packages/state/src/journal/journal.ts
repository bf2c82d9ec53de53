/**
 * The one journal: an overlay over a `StateReader` into which every write of every VM goes. A checkpoint is a position
 * in its undo log, so taking one is O(1), and undoing costs with what was written since, never with the size of the
 * state.
 *
 * Accounts, slots and pages are cached as they are touched; marks (warm, touched, created, destroyed) carry the number
 * of the transaction that made them, so that a new transaction voids them all at once.
 */
import type {
  AccessHost,
  AccountHost,
  Address,
  Checkpoint,
  DataAccountHost,
  LifecycleHost,
  Log,
  ProgramLog,
  StorageHost,
} from "@trireme/core";
import type { StateReader } from "../state-reader.ts";
import { createAccessPart } from "./access-part.ts";
import { forgetAccount, touchedBalance, type TouchedBalance } from "./account-entry.ts";
import { createAccountPart } from "./account-part.ts";
import { createDataAccountPart } from "./data-account-part.ts";
import { createJournalState, type JournalState } from "./journal-state.ts";
import { createLifecyclePart } from "./lifecycle-part.ts";
import { makeDiff, makeWrites, type DiffAndUndo, type JournalWrites } from "./make-diff.ts";
import { createStoragePart } from "./storage-part.ts";
import { beginTransaction, endTransaction, rollbackTransaction } from "./transaction-part.ts";
import { createTransientPart } from "./transient-part.ts";

/** A journal over a snapshot: what a `Host` is made of, and the borders of transactions and blocks. */
export interface Journal extends Omit<AccountHost, "kindOf">, StorageHost, DataAccountHost, AccessHost, Omit<LifecycleHost, "mayDeploy"> {
  checkpoint(): Checkpoint;
  commit(checkpoint: Checkpoint): void;
  revert(checkpoint: Checkpoint): void;

  emitLog(log: Log): void;
  emitProgramLog(address: Address, line: string): void;
  /** Of the current transaction, or of the last one that ended. */
  readonly logs: readonly Log[];
  /** Likewise, with those of frames that were reverted. */
  readonly programLogs: readonly ProgramLog[];

  /** The first accounts, at most `limit`, that the current transaction touched so far and no revert took back. Reads nothing. */
  touched(limit: number): readonly TouchedBalance[];

  /** Begins a transaction: transient storage, access sets, originals, created and destroyed marks and logs are gone. */
  beginTransaction(): void;
  /** Ends it: destroyed accounts, SVM records without lamports (rule 11) and touched empty accounts (EIP-161) are removed. */
  endTransaction(): void;
  /** Undoes everything since `beginTransaction`. */
  rollbackTransaction(): void;
  /** Wei burnt in this block so far; a revert undoes it. */
  readonly burnt: bigint;
  /** The block's changes against the reader; the journal is then empty, and its reader is read anew. */
  takeDiff(): DiffAndUndo;
  /** The same for who runs one transaction at a time over many versions: what was only credited is not read for it. */
  takeWrites(): JournalWrites;
}

/** Makes an empty journal over a reader. The reader must not change until `takeDiff`. */
export function createJournal(reader: StateReader): Journal {
  const state = createJournalState(reader);
  const account = createAccountPart(state);
  const storage = createStoragePart(state);
  const transient = createTransientPart(state);
  const data = createDataAccountPart(state);
  const access = createAccessPart(state);
  const lifecycle = createLifecyclePart(state);
  // Named one by one: a literal of fixed shape is made several times faster than one that parts are assigned to, and a
  // journal is made for every transaction that is checked and every call.
  return {
    exists: account.exists,
    getBalance: account.getBalance,
    setBalance: account.setBalance,
    credit: account.credit,
    burn: account.burn,
    transfer: account.transfer,
    getNonce: account.getNonce,
    setNonce: account.setNonce,
    getCode: account.getCode,
    getCodeSize: account.getCodeSize,
    getCodeHash: account.getCodeHash,
    setCode: account.setCode,
    touch: account.touch,
    getStorage: storage.getStorage,
    getOriginalStorage: storage.getOriginalStorage,
    setStorage: storage.setStorage,
    hasStorage: storage.hasStorage,
    clearStorage: storage.clearStorage,
    getTransientStorage: transient.getTransientStorage,
    setTransientStorage: transient.setTransientStorage,
    getSvmRecord: data.getSvmRecord,
    setSvmRecord: data.setSvmRecord,
    removeSvmRecord: data.removeSvmRecord,
    getBoundPubkey: data.getBoundPubkey,
    readAccountData: data.readAccountData,
    writeAccountData: data.writeAccountData,
    accessAccount: access.accessAccount,
    accessStorage: access.accessStorage,
    isWarmAccount: access.isWarmAccount,
    isWarmStorage: access.isWarmStorage,
    markCreated: lifecycle.markCreated,
    wasCreated: lifecycle.wasCreated,
    destroy: lifecycle.destroy,
    isDestroyed: lifecycle.isDestroyed,
    checkpoint: state.log.checkpoint,
    commit: state.log.commit,
    revert: state.log.revert,
    emitLog(log) {
      state.log.push(undoLogs, state, undefined);
      state.logs.push(log);
    },
    emitProgramLog(address, line) {
      // Not undone: the lines of a frame that failed are those that matter.
      state.programLogs.push({ address, line });
    },
    touched: (limit) => state.touched.slice(0, limit).map((entry, index) => touchedBalance(entry, state.startBalances[index] as bigint)),
    beginTransaction: () => beginTransaction(state),
    endTransaction: () => endTransaction(state),
    rollbackTransaction: () => rollbackTransaction(state),
    takeDiff() {
      const taken = makeDiff(state);
      reset(state);
      return taken;
    },
    takeWrites() {
      const taken = makeWrites(state);
      forget(state);
      return taken;
    },
    get logs() {
      return state.logs;
    },
    get programLogs() {
      return state.programLogs;
    },
    get burnt() {
      return state.burnt;
    },
  };
}

/** Accounts whose entries are kept for the next transaction: contracts, precompiles and the fee's receiver come again and again. */
const keptAccounts = 1024;

function reset(state: JournalState): void {
  state.accounts.clear();
  state.accountCount = 0;
  state.lastAccount = undefined;
  forgetValues(state);
}

/** As `reset`, but entries of accounts stay, as if nothing had been read: making them costs more than what they say. */
function forget(state: JournalState): void {
  if (state.accountCount > keptAccounts) {
    reset(state);
    return;
  }
  for (const entry of state.loadedAccounts) forgetAccount(state, entry);
  for (const entry of state.dirtyAccounts) if (entry.isDirty) forgetAccount(state, entry);
  forgetValues(state);
}

function forgetValues(state: JournalState): void {
  beginTransaction(state);
  state.slots.clear();
  state.loadedAccounts = [];
  state.dirtyAccounts = [];
  state.dirtySlots = [];
  state.burnt = 0n;
  state.lastSlot = undefined;
}

function undoLogs(state: JournalState): void {
  state.logs.pop();
}
