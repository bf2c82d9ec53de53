/** A block's transactions, one after the other: the meaning that every parallel execution must keep (law 4). */
import type { BlockContext, BlockRoom, Transaction, TransactionError, TransactionOutcome } from "@trireme/core";
import type { Journal } from "@trireme/state";
import type { ExecutionOptions } from "./execution-options.ts";
import { resolveInvolved } from "./involved-accounts.ts";

/** Transactions to run in one block. */
export interface BlockRequest extends ExecutionOptions {
  readonly transactions: Iterable<Transaction>;
  readonly journal: Journal;
  readonly block: BlockContext;
  /** Blob gas that the block may hold; 0 where there is no blob market. */
  readonly blobGasLimit: bigint;
  /** A builder skips what is invalid; a received block that holds such a transaction is invalid, so it stops. */
  readonly onInvalid: "skip" | "stop";
}

/** A transaction that stands in the block. */
export interface ExecutedTransaction {
  readonly transaction: Transaction;
  readonly outcome: Exclude<TransactionOutcome, { readonly kind: "invalid" }>;
  /** Gas used by this transaction and all before it in the block. */
  readonly cumulativeGasUsed: bigint;
}

/** A transaction that cannot stand in the block; `index` counts the transactions given. */
export interface InvalidTransaction {
  readonly index: number;
  readonly transaction: Transaction;
  readonly error: TransactionError;
}

/** What the transactions of a block did. */
export interface BlockExecution {
  readonly executed: readonly ExecutedTransaction[];
  readonly invalid: readonly InvalidTransaction[];
  readonly gasUsed: bigint;
  readonly blobGasUsed: bigint;
  /** Wei that the transactions took out of existence. */
  readonly burnt: bigint;
}

type ExecuteTransaction = (
  transaction: Transaction,
  journal: Journal,
  block: BlockContext,
  room: BlockRoom,
  options: ExecutionOptions,
) => TransactionOutcome;

/** Runs the transactions of `request` in their order. */
export function runBlock(request: BlockRequest, executeTransaction: ExecuteTransaction): BlockExecution {
  const { journal, block, blobGasLimit } = request;
  const executed: ExecutedTransaction[] = [];
  const invalid: InvalidTransaction[] = [];
  let gasUsed = 0n;
  let blobGasUsed = 0n;
  let burnt = 0n;
  let index = 0;
  for (const transaction of request.transactions) {
    const room = { gasLeft: block.gasLimit - gasUsed, blobGasLeft: blobGasLimit - blobGasUsed };
    const outcome = executeTransaction(transaction, journal, block, room, request);
    resolveInvolved(outcome, journal);
    if (outcome.kind === "invalid") {
      invalid.push({ index, transaction, error: outcome.error });
      if (request.onInvalid === "stop") break;
    } else {
      gasUsed += outcome.gasUsed;
      blobGasUsed += outcome.blobGasUsed;
      burnt += outcome.burnt;
      executed.push({ transaction, outcome, cumulativeGasUsed: gasUsed });
    }
    index++;
  }
  return { executed, invalid, gasUsed, blobGasUsed, burnt };
}
