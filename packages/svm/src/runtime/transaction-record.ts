/** What one transaction leaves behind beside its writes: the matter of `getTransaction`. No revert undoes it. */
import type { Instruction, Pubkey, TransactionContext } from "@trireme/core";
import { transactionStateOf } from "./transaction-state.ts";

/** An instruction that a program called. */
export interface InnerInstruction extends Instruction {
  /** 2 for what a top-level instruction called. */
  readonly stackHeight: number;
}

/** Return data that was set last, and by which program. */
export interface ReturnData {
  readonly program: Pubkey;
  readonly data: Uint8Array;
}

/** Written by the runtime while instructions run, read by the format when it settles. */
export interface TransactionRecord {
  /** Place of the top-level instruction that runs or ran last. */
  instructionIndex: number;
  /** By top-level instruction; absent where it called none. */
  readonly innerInstructions: Map<number, InnerInstruction[]>;
  returnData: ReturnData | undefined;
}

/** The record of the transaction that is executed in `context`. */
export function transactionRecord(context: TransactionContext): TransactionRecord {
  return transactionStateOf(context).record;
}
