/**
 * Database: blocks and flat state that outlive the process. Two implementations pass one suite: memory, and durable
 * (an append-only block log whose group fdatasync is the durability point, LMDB or memory behind it; rule 27).
 */
import type { Hash } from "@trireme/core";
import type { StateDiff } from "./state-diff.ts";

/** Everything that makes a block readable again after a crash. Opaque bytes but for what recovery needs. */
export interface BlockRecord {
  readonly number: bigint;
  readonly hash: Hash;
  readonly parentHash: Hash;
  readonly stateRoot: Hash;
  readonly header: Uint8Array;
  readonly transactions: readonly Uint8Array[];
  /** keccak256 of each transaction, the index under which it is found. */
  readonly transactionHashes: readonly Hash[];
  /** Further keys under which transactions are found: what other dialects call them. */
  readonly aliases?: readonly TransactionAlias[];
  readonly receipts: readonly Uint8Array[];
  /** What the block changed, and what stood there before (for history, rewind and recovery). */
  readonly diff: StateDiff;
  readonly undo: StateDiff;
  /** What the chain layer wants to keep beside the block (dev mutations, senders, ...), opaque. */
  readonly extra: Uint8Array;
}

/** A key of a transaction beside its hash. */
export interface TransactionAlias {
  readonly key: Hash;
  /** Place in the block. */
  readonly index: number;
}

/** Where a transaction stands. */
export interface TransactionLocation {
  readonly blockNumber: bigint;
  readonly index: number;
}

/** What identifies a data directory: opening it with another one is an error. */
export interface DatabaseIdentity {
  readonly chainId: bigint;
  readonly genesisHash: Hash;
}

/** Blocks and flat state. Reads are synchronous; `append` resolves when the record is durable. */
export interface Database {
  /** Number of the newest record, undefined in an empty database. Counts records that are not durable yet. */
  readonly head: bigint | undefined;
  /** Number of the newest record that is durable. */
  readonly durableHead: bigint | undefined;
  /** Flat state at `head`: the newest diff that has the key, else what was flushed. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** All flat entries at `head` whose key begins with `prefix`, in key order. */
  entries(prefix: Uint8Array): Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
  /** The record becomes readable at once; the promise resolves once it is on disk. @throws (rejects) `DATABASE_WRITE_FAILED`; the database then refuses every further append. */
  append(record: BlockRecord): Promise<void>;
  getBlock(number: bigint): BlockRecord | undefined;
  getBlockNumber(hash: Hash): bigint | undefined;
  getTransactionLocation(hash: Hash): TransactionLocation | undefined;
  /** Drops every record above `number`, applying their undo diffs newest first; durable when it resolves. */
  rewind(number: bigint): Promise<void>;
  /** Flushes what is pending and releases the directory. */
  close(): Promise<void>;
}
