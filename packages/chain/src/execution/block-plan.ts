/** A block that is to be executed, and what execution found: plain data, so that either may cross to another thread. */
import type { BlockContext, Hash, Transaction, TransactionError } from "@trireme/core";
import type { AccessListEntry } from "@trireme/ethereum";
import type { StateDiff } from "@trireme/state";
import type { BlockRun } from "../observing/block-run.ts";
import type { IncludedTransaction } from "../block/assemble-block.ts";
import type { Mutation } from "../dev/mutation.ts";

/** The whole input of a block's execution beside the state that it starts from. */
export interface BlockPlan {
  readonly context: BlockContext;
  readonly parentHash: Hash;
  /** From Cancun on (EIP-4788). */
  readonly parentBeaconBlockRoot: Hash | undefined;
  /** Applied before anything else. */
  readonly mutations: readonly Mutation[];
  /** In the order in which they are to be tried. */
  readonly transactions: readonly Transaction[];
  /** Whether to note what the transactions access. */
  readonly recordsAccesses?: boolean;
}

/** A transaction that cannot stand in this block. */
export interface SkippedTransaction {
  readonly transaction: Transaction;
  readonly error: TransactionError;
}

/** What execution found. */
export interface ExecutedBlock {
  readonly included: readonly IncludedTransaction[];
  /** Without effect on the state; a received block that has one is invalid. */
  readonly skipped: readonly SkippedTransaction[];
  /** EIP-7685, type byte first. */
  readonly requests: readonly Uint8Array[];
  readonly diff: StateDiff;
  readonly undo: StateDiff;
  /** Where it was asked for: what is not warm from the start of whichever transaction. */
  readonly accessList?: readonly AccessListEntry[];
  /** How it was run; only of a block that is to be the head. */
  readonly run?: BlockRun;
}
