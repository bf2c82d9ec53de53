/** How a block was run, and why so. */
import type { BlockReport, RunRecord } from "@trireme/scheduler";
import type { SerialCause } from "../chain.ts";
import type { BlockPlan, ExecutedBlock } from "../execution/block-plan.ts";

/** That a block is to be run serially, and why: `text` is for people. */
export interface SerialReason {
  readonly kind: "serially";
  readonly cause: SerialCause;
  readonly text: string;
}

/** A run of a block. Plain data; its report is made when somebody asks. */
export interface BlockRun {
  readonly mode: BlockReport["mode"];
  readonly cause: SerialCause | undefined;
  readonly reason: string;
  readonly record: RunRecord;
  /** Places of those transactions of the plan that could not stand in the block. */
  readonly skipped: readonly number[];
}

export function serially(cause: SerialCause, text: string): SerialReason {
  return { kind: "serially", cause, text };
}

/** The block with how it was run: in parallel, or serially for a reason. */
export function withRun(plan: BlockPlan, executed: ExecutedBlock, why: string | SerialReason, record: RunRecord): ExecutedBlock {
  const gone = new Set(executed.skipped.map(({ transaction }) => transaction));
  const skipped = gone.size === 0 ? [] : plan.transactions.flatMap((transaction, place) => (gone.has(transaction) ? [place] : []));
  const how =
    typeof why === "string"
      ? ({ mode: "parallel", cause: undefined, reason: why } as const)
      : ({ mode: "serial", cause: why.cause, reason: why.text } as const);
  return { ...executed, run: { ...how, record, skipped } };
}
