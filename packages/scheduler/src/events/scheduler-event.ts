/** A block's run as a stream: what happened, in the order in which it did. */
import type { BlockReport, RunOutcome } from "./block-report.ts";

/** One thing that happened. Plain data; `at` is microseconds since the block began. */
export type SchedulerEvent =
  | {
      readonly kind: "began";
      readonly block: bigint;
      readonly mode: BlockReport["mode"];
      readonly reason: string;
      readonly workers: number;
      readonly transactions: number;
    }
  | SchedulerRunEvent<"started">
  | (SchedulerRunEvent<"ended"> & {
      /** Whether it stands; `aborted` is known only when its turn to be committed came. */
      readonly outcome: RunOutcome;
      /** @see RunReport.by */
      readonly by?: number;
      /** @see RunReport.conflict */
      readonly conflict?: string;
    })
  | { readonly kind: "finished"; readonly block: bigint; readonly at: number; readonly report: BlockReport };

/** A run of a transaction on a worker; `run` counts from 1. */
export interface SchedulerRunEvent<Kind extends string> {
  readonly kind: Kind;
  readonly block: bigint;
  readonly at: number;
  readonly worker: number;
  readonly transaction: number;
  readonly run: number;
}

/** The events of a block that is done, the report itself with the last one. */
export function eventsOf(report: BlockReport): readonly SchedulerEvent[] {
  const { block, mode, reason, workers, transactions, wallTime } = report;
  const timed: { readonly at: number; readonly rank: number; readonly event: SchedulerEvent }[] = [];
  for (const { index, runs } of transactions) {
    for (const [place, { worker, start, end, ...how }] of runs.entries()) {
      const common = { block, worker, transaction: index, run: place + 1 };
      // What a worker ends at the instant at which it starts the next one comes first.
      timed.push({ at: start, rank: 1, event: { ...common, kind: "started", at: start } });
      timed.push({ at: end, rank: start < end ? 0 : 2, event: { ...common, kind: "ended", at: end, ...how } });
    }
  }
  timed.sort((left, right) => left.at - right.at || left.rank - right.rank);
  return [
    { kind: "began", block, mode, reason, workers, transactions: transactions.length },
    ...timed.map(({ event }) => event),
    { kind: "finished", block, at: wallTime, report },
  ];
}
