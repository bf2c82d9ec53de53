/** Runs a block up to one of its transactions again, that one under a tracer. */
import { TriremeError, type TransactionResult } from "@trireme/core";
import { createJournal } from "@trireme/state";
import { maxBlobGas } from "../block/block-seed.ts";
import type { BlockPlan } from "./block-plan.ts";
import { beginBlock } from "./execute-block.ts";
import type { TaskGround } from "./execution-task.ts";

/** What the traced transaction did. */
export type TracedTransaction = TransactionResult;

/**
 * Runs the plan's transactions; `ground.tracer` watches the last one.
 * @throws TriremeError `INVALID_BLOCK` when one of them cannot run, which in a block that was executed before none can
 */
export function traceInBlock(plan: BlockPlan, ground: TaskGround): TracedTransaction {
  const { executor, getBlockHash, tracer } = ground;
  const { context } = plan;
  const journal = createJournal(ground.reader);
  beginBlock(plan, journal, ground);
  let room = { gasLeft: context.gasLimit, blobGasLeft: maxBlobGas(context.hardfork) };
  let last: TransactionResult | undefined;
  for (const [index, transaction] of plan.transactions.entries()) {
    const isTraced = index === plan.transactions.length - 1 && tracer !== undefined;
    const outcome = executor.executeTransaction(transaction, journal, context, room, { getBlockHash, ...(isTraced ? { tracer } : {}) });
    if (outcome.kind === "invalid") {
      throw new TriremeError(
        "INVALID_BLOCK",
        `block ${context.number}: expected transaction ${index} to run again, got: ${outcome.error.message}`,
      );
    }
    room = { gasLeft: room.gasLeft - outcome.gasUsed, blobGasLeft: room.blobGasLeft - outcome.blobGasUsed };
    last = outcome;
  }
  if (last === undefined) throw new TriremeError("INVALID_ARGUMENT", "expected a transaction to trace, got none");
  return last;
}
