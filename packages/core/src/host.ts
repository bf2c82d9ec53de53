/**
 * The Host: all that an environment may see and do. The shape is EVMC's host interface plus data accounts. Every
 * write goes through it into the one journal; nothing here is asynchronous.
 *
 * Byte arrays handed out are read-only for the caller; arrays handed in are copied by the host where it keeps them.
 * An exception thrown by a Host method must leave `execute` as the same object: an engine never turns it into an
 * outcome of a contract (law 7).
 */
import type { AccountKind, SvmRecord } from "./account.ts";
import type { Address } from "./address.ts";
import type { BlockContext, TransactionContext } from "./context.ts";
import type { Hash } from "./hash.ts";
import type { Log } from "./log.ts";
import type { CreateMessage, Message } from "./message.ts";
import type { ExecutionResult } from "./result.ts";
import type { Pubkey } from "./pubkey.ts";
import type { Tracer } from "./trace.ts";

/** A point in the journal to which everything can be undone. Checkpoints nest: the last one opened is closed first. */
export type Checkpoint = number;

/** Balance, nonce and code of accounts. */
export interface AccountHost {
  /** EIP-161: false for an account with no balance, nonce, code or SVM record. */
  exists(address: Address): boolean;
  /** Wei. */
  getBalance(address: Address): bigint;
  /** Sets the balance in wei; the caller answers for conservation. Prefer `transfer`. */
  setBalance(address: Address, wei: bigint): void;
  /**
   * Adds wei without reading: a commutative credit that does not conflict with others (fees, rule 25). Like every credit
   * it stops at 2^256 - 1: past that goes only what a developer made out of nothing.
   */
  credit(address: Address, wei: bigint): void;
  /** Takes wei out of existence, booked like a burnt fee (rule 10): base fee, SELFDESTRUCT to itself. */
  burn(address: Address, wei: bigint): void;
  /** Moves wei; false, and nothing moved, when `from` has less. Touches both. */
  transfer(from: Address, to: Address, wei: bigint): boolean;
  getNonce(address: Address): bigint;
  setNonce(address: Address, nonce: bigint): void;
  /** Deployed code; the designator of an SVM account; empty for a wallet. */
  getCode(address: Address): Uint8Array;
  getCodeSize(address: Address): number;
  /** keccak256 of `getCode`; that of the empty string also for an account that does not exist. */
  getCodeHash(address: Address): Hash;
  setCode(address: Address, code: Uint8Array): void;
  /** Marks an account as touched: if it is empty when the transaction ends, it is removed (EIP-161). */
  touch(address: Address): void;
  /**
   * What was deployed here; `code` of the environment that runs the address itself (`runsAddress`). An EIP-7702
   * delegation counts as what it points to, one step.
   */
  kindOf(address: Address): AccountKind;
}

/** EVM-style storage: 32-byte keys and values. */
export interface StorageHost {
  /** 32 bytes; zeros where nothing was written. */
  getStorage(address: Address, key: Uint8Array): Uint8Array;
  /** The value at the start of the transaction (EIP-2200). */
  getOriginalStorage(address: Address, key: Uint8Array): Uint8Array;
  /**
   * Slots alone do not keep an account: one without balance, nonce, code and SVM record is empty, and goes with its slots
   * when the transaction ends (EIP-161). A system account gets nonce 1. An account has slots or an SVM record, never both:
   * the storage root of an SVM account is that of its data (rule 15).
   */
  setStorage(address: Address, key: Uint8Array, value: Uint8Array): void;
  /**
   * Whether a slot ever was set since the last clearing: what EIP-7610 asks of an account without code and nonce, where nothing
   * can have run that sets slots to zero again.
   */
  hasStorage(address: Address): boolean;
  /** Removes every slot, in O(1). */
  clearStorage(address: Address): void;
  /** EIP-1153; spans the whole transaction, whichever VMs ran. */
  getTransientStorage(address: Address, key: Uint8Array): Uint8Array;
  setTransientStorage(address: Address, key: Uint8Array, value: Uint8Array): void;
}

/** SVM records and account data. Data is read and written in place, by range. */
export interface DataAccountHost {
  getSvmRecord(address: Address): SvmRecord | undefined;
  /** Makes or changes the record; the first one binds the pubkey, which is the caller's to check (rules 1 and 3). Changing `dataLength` truncates or zero-fills. */
  setSvmRecord(address: Address, record: SvmRecord): void;
  /** Removes record and data; the balance stays (rule 11). */
  removeSvmRecord(address: Address): void;
  /** The pubkey bound to an address by a journaled SVM write (rule 1). */
  getBoundPubkey(address: Address): Pubkey | undefined;
  /** Copies data from `offset` into `target`. The range lies within `dataLength`. */
  readAccountData(address: Address, offset: number, target: Uint8Array): void;
  /** Writes `source` at `offset`. The range lies within `dataLength`; only touched pages are kept for undo. */
  writeAccountData(address: Address, offset: number, source: Uint8Array): void;
}

/** EIP-2929 access sets; journaled like everything else. */
export interface AccessHost {
  /** Makes the account warm; true when it was warm before. */
  accessAccount(address: Address): boolean;
  /** Makes the slot warm; true when it was warm before. */
  accessStorage(address: Address, key: Uint8Array): boolean;
  isWarmAccount(address: Address): boolean;
  isWarmStorage(address: Address, key: Uint8Array): boolean;
}

/** Creation and destruction inside the transaction (EIP-6780). */
export interface LifecycleHost {
  /** Marks an account as created by this transaction. */
  markCreated(address: Address): void;
  wasCreated(address: Address): boolean;
  /** Removes the account when the transaction ends: balance burnt, nonce, code and storage gone. */
  destroy(address: Address): void;
  isDestroyed(address: Address): boolean;
  /** Whether a create may leave `code` (EIP-3541, and the prefixes that a chain's environments own, rule 15). */
  mayDeploy(code: Uint8Array, message: CreateMessage): boolean;
}

/** Everything an environment sees. */
export interface Host extends AccountHost, StorageHost, DataAccountHost, AccessHost, LifecycleHost {
  readonly block: BlockContext;
  readonly transaction: TransactionContext;
  /** Hash of one of the 256 blocks before this one; undefined outside that window. */
  getBlockHash(number: bigint): Hash | undefined;

  emitLog(log: Log): void;
  /**
   * A line of a program or of a contract's console: in no receipt's bloom. No state: it stays when its frame is undone,
   * as on Solana, where it is what tells people why a transaction failed.
   */
  emitProgramLog(address: Address, line: string): void;

  /**
   * Runs a frame in whichever environment owns the account it is addressed to: takes a checkpoint, moves the value,
   * routes, and commits or reverts. Frames of an engine's own kind may instead be run by the engine itself, with
   * `checkpoint`, `commit` and `revert`.
   */
  call(message: Message): ExecutionResult;
  /**
   * Frames of calls, static calls and creates that are open on an account, in whichever VM, the running one included:
   * more than one is a re-entry. Code that an account borrowed (`delegatecall`, `callcode`) is in a frame of its caller.
   */
  openFrames(address: Address): number;
  checkpoint(): Checkpoint;
  /** Keeps what was written since; the enclosing checkpoint can still undo it. */
  commit(checkpoint: Checkpoint): void;
  /** Undoes everything since, logs, access sets and transient storage included; program log lines stay. */
  revert(checkpoint: Checkpoint): void;

  /** Takes bytes from the transaction's one memory budget over all suspended frames; false when it is spent. */
  reserveMemory(bytes: number): boolean;
  releaseMemory(bytes: number): void;

  /** Who watches, if anybody does. */
  readonly tracer: Tracer | undefined;
}
