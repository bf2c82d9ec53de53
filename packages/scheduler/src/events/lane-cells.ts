/** A worker's time in cells of equal length: what is drawn of it. */
import type { RunOutcome, RunReport } from "./block-report.ts";

/** A run with its transaction. */
export interface LaneRun extends RunReport {
  readonly transaction: number;
}

/** `stopped`: runs that were blocked or faulted. `main`: what the main thread does for a block on other threads. */
export type CellKind = "idle" | "executed" | "aborted" | "stopped" | "main";

/** A cell. */
export interface LaneCell {
  readonly kind: CellKind;
  /** Share of it in which something ran, 0 to 1. */
  readonly busy: number;
  /** The transaction that has most of it. */
  readonly transaction: number | undefined;
}

const kindOf: Readonly<Record<RunOutcome, 0 | 1 | 2>> = { executed: 0, aborted: 1, dropped: 1, blocked: 2, faulted: 2 };

/**
 * Cuts a worker's time into `count` cells. A cell of many runs has one kind all the same: what it does not show is carried over
 * to the next cells, so that over the lane each kind has about its share.
 */
export function laneCells(runs: readonly LaneRun[], wallTime: number, count: number): readonly LaneCell[] {
  const length = wallTime / count;
  const times = [new Float64Array(count), new Float64Array(count), new Float64Array(count)] as const;
  const most = new Float64Array(count);
  const owner = new Int32Array(count).fill(-1);
  for (const { transaction, start, end, outcome } of length > 0 ? runs : []) {
    const last = Math.min(count - 1, Math.floor(end / length));
    for (let cell = Math.max(0, Math.floor(start / length)); cell <= last; cell++) {
      const part = Math.min(end, (cell + 1) * length) - Math.max(start, cell * length);
      (times[kindOf[outcome]][cell] as number) += part;
      if (part > (most[cell] as number)) {
        most[cell] = part;
        owner[cell] = transaction;
      }
    }
  }
  const carried = { aborted: 0, stopped: 0 };
  return Array.from({ length: count }, (_, cell): LaneCell => {
    const [executed, aborted, stopped] = times.map((each) => each[cell]) as [number, number, number];
    const busy = executed + aborted + stopped;
    if (busy === 0) return { kind: "idle", busy: 0, transaction: undefined };
    carried.aborted += aborted / busy;
    carried.stopped += stopped / busy;
    const kind = nextKind(carried, aborted > 0, stopped > 0);
    if (kind !== "executed") carried[kind]--;
    return { kind, busy: Math.min(1, busy / length), transaction: owner[cell] };
  });
}

/** The main thread's time in as many cells: before it told the workers of the block, and after they were done. */
export function mainCells(handedOut: number, handedBack: number, wallTime: number, count: number): readonly LaneCell[] {
  const run = { worker: 0, transaction: 0, outcome: "executed" as const };
  const runs = [
    { ...run, start: 0, end: handedOut },
    { ...run, start: handedBack, end: wallTime },
  ];
  return laneCells(runs, wallTime, count).map(({ busy }) => ({ kind: busy < 0.5 ? "idle" : "main", busy, transaction: undefined }));
}

function nextKind(carried: { readonly aborted: number; readonly stopped: number }, hasAborted: boolean, hasStopped: boolean) {
  const [aborted, stopped] = [hasAborted ? carried.aborted : 0, hasStopped ? carried.stopped : 0];
  if (Math.max(aborted, stopped) < 0.5) return "executed";
  return aborted >= stopped ? "aborted" : "stopped";
}
