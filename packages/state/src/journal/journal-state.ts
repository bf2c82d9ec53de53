/** What the parts of a journal share: the caches over the reader, the marks of the transaction, and the undo log. */
import type { Address, Hash, Log, ProgramLog, SvmRecord } from "@trireme/core";
import type { AccountRecord, StateReader } from "../state-reader.ts";
import { createByteTable, type ByteTable, type ByteTableEntry } from "./byte-table.ts";
import { createUndoLog, type UndoLog } from "./undo-log.ts";

/** The storage of an account between two clearings. */
export interface Storage {
  /** Tells storages apart in hashes. */
  readonly salt: number;
  /** Undefined until it is needed: an absent account reads it only when it is made. */
  generation: number | undefined;
  /** Whether a slot of it ever was something else than zero; until then none is read. Valid once the account is loaded. */
  hasSlots: boolean;
  /** Whether the reader has nothing under this generation. */
  isFresh: boolean;
  /** The storage that clearing replaced, and the transaction that did it. */
  readonly cleared: Storage | undefined;
  readonly clearedIn: number;
}

/** A storage slot; also where its warmth is marked, so it may exist without having been read. */
export interface Slot extends ByteTableEntry<Storage> {
  readonly account: AccountEntry;
  isLoaded: boolean;
  /** Value in the reader. */
  base: Uint8Array;
  /** A zero is always `zeroWord` itself. */
  value: Uint8Array;
  /** Value when transaction `originalIn` began; equal to `value` in any other transaction. */
  original: Uint8Array;
  originalIn: number;
  warmIn: number;
  isDirty: boolean;
}

/** A page of account data: 4 KiB, or as much of them as the data has; copied before the first write after a checkpoint. */
export interface DataPage {
  readonly bytes: Uint8Array;
  /** Position of the undo entry that keeps what the page was before. */
  readonly savedAt: number;
}

/** Account data over the reader's. */
export interface AccountData {
  /** Bytes of the reader's data that still show where there is no page; the rest reads as zeros. */
  visibleLength: number;
  readonly pages: Map<number, DataPage>;
  /** The page that was read last from the reader, whole: programs and mints are read again and again. */
  read: { readonly index: number; readonly bytes: Uint8Array | undefined } | undefined;
}

/** An account as the journal sees it. Marks hold the number of the transaction that made them. */
export interface AccountEntry extends ByteTableEntry<undefined> {
  readonly key: Address;
  /** False until something has to be known about it: credits alone do not read. */
  isLoaded: boolean;
  base: AccountRecord | undefined;
  /** Whether there is a record, be it an empty one. */
  isPresent: boolean;
  balance: bigint;
  nonce: bigint;
  /** Of deployed code; an SVM account has none. */
  codeHash: Hash;
  code: Uint8Array | undefined;
  storage: Storage;
  svm: SvmRecord | undefined;
  /** keccak256 of the designator, worked out when asked for. */
  designatorHash: Hash | undefined;
  data: AccountData | undefined;
  /** Wei credited without reading; after the load, those that the load folded in and that a revert may take back. */
  pendingCredit: bigint;
  isDirty: boolean;
  touchedIn: number;
  createdIn: number;
  destroyedIn: number;
  warmIn: number;
}

/** A transient slot (EIP-1153). */
export interface TransientSlot extends ByteTableEntry<AccountEntry> {
  value: Uint8Array;
}

/** The shared state of a journal's parts. */
export interface JournalState {
  readonly reader: StateReader;
  readonly log: UndoLog;
  readonly accounts: ByteTable<undefined, AccountEntry>;
  readonly slots: ByteTable<Storage, Slot>;
  readonly transientSlots: ByteTable<AccountEntry, TransientSlot>;
  /** Number of the transaction, never 0; marks of any other number are void. */
  transaction: number;
  touched: AccountEntry[];
  /** What each of `touched` had when the transaction began: see `touchedBalance`. */
  startBalances: bigint[];
  destroyed: AccountEntry[];
  /** Entries in `accounts`. */
  accountCount: number;
  /** Those that were read. */
  loadedAccounts: AccountEntry[];
  /** What the block may have changed. */
  dirtyAccounts: AccountEntry[];
  dirtySlots: Slot[];
  logs: Log[];
  programLogs: ProgramLog[];
  burnt: bigint;
  lastAccount: AccountEntry | undefined;
  lastSlot: Slot | undefined;
  nextSalt: number;
}

/** 32 zero bytes: the one zero among slot values. */
export const zeroWord: Uint8Array = new Uint8Array(32);

/** Makes the state of an empty journal. */
export function createJournalState(reader: StateReader): JournalState {
  return {
    reader,
    log: createUndoLog(),
    accounts: createByteTable(),
    slots: createByteTable(),
    transientSlots: createByteTable(),
    transaction: 1,
    touched: [],
    startBalances: [],
    destroyed: [],
    accountCount: 0,
    loadedAccounts: [],
    dirtyAccounts: [],
    dirtySlots: [],
    logs: [],
    programLogs: [],
    burnt: 0n,
    lastAccount: undefined,
    lastSlot: undefined,
    nextSalt: 1,
  };
}
