/** Runs a block, or its beginning, again and watches the last transactions of it. */
import { TriremeError, type TransactionResult } from "@trireme/core";
import { createJournal } from "@trireme/state";
import { maxBlobGas } from "../block/block-seed.ts";
import type { BlockPlan } from "./block-plan.ts";
import { beginBlock } from "./execute-block.ts";
import type { TaskGround } from "./execution-task.ts";
import { watchTouches } from "./watch-touches.ts";

/**
 * Runs the plan's transactions; the last ones under `ground.tracers`, one tracer each. Gives what those did.
 * @throws TriremeError `INVALID_BLOCK` when one of them cannot run, which in a block that was executed before none can
 */
export function traceInBlock(plan: BlockPlan, ground: TaskGround): readonly TransactionResult[] {
  const { executor, getBlockHash, tracers = [] } = ground;
  const { context, transactions } = plan;
  const firstTraced = transactions.length - tracers.length;
  const journal = createJournal(ground.reader);
  beginBlock(plan, journal, ground);
  let room = { gasLeft: context.gasLimit, blobGasLeft: maxBlobGas(context.hardfork) };
  const results: TransactionResult[] = [];
  for (const [index, transaction] of transactions.entries()) {
    const tracer = index < firstTraced ? undefined : tracers[index - firstTraced];
    const options = { getBlockHash, ...(tracer === undefined ? {} : { tracer }) };
    const watch = tracer?.wantsTouches === true ? watchTouches(journal, [context.coinbase]) : undefined;
    const outcome = executor.executeTransaction(transaction, watch?.journal ?? journal, context, room, options);
    if (outcome.kind === "invalid") {
      const { message } = outcome.error;
      throw new TriremeError("INVALID_BLOCK", `block ${context.number}: expected transaction ${index} to run again, got: ${message}`);
    }
    room = { gasLeft: room.gasLeft - outcome.gasUsed, blobGasLeft: room.blobGasLeft - outcome.blobGasUsed };
    if (tracer !== undefined) results.push(outcome);
    if (watch !== undefined) tracer?.touched?.(watch.touched());
  }
  return results;
}
