/** The report of a block, out of what its workers recorded. */
import type { BlockReport, ConflictCount, RunReport, TransactionRuns } from "./block-report.ts";
import { describeKey } from "./describe-key.ts";
import { readEvents, roundedTime, type RecordedRun } from "./event-buffer.ts";
import type { RunRecord } from "./run-record.ts";

/** What a report is made of. */
export interface ReportParts extends Pick<BlockReport, "block" | "mode" | "reason"> {
  readonly record: RunRecord;
}

/**
 * Puts the events of all workers together. Runs that never ended are shown as `faulted` until the end of the block.
 * @throws TriremeError `INVALID_ARGUMENT` when something is no buffer of events
 */
export function reportOf({ block, mode, reason, record }: ReportParts): BlockReport {
  const { transactions, events, keys, wallTime } = record;
  const recorded = events.map(readEvents);
  const runsOf = Array.from({ length: transactions }, (): RecordedRun[] => []);
  for (const { runs } of recorded) for (const run of runs) runsOf[run.transaction]?.push(run);
  for (const runs of runsOf) if (runs.length > 1) runs.sort((left, right) => left.incarnation - right.incarnation);

  const counts = new Map<string, number>();
  const names = new Map<number, string>();
  const conflicts = new Map<RecordedRun, Conflict>();
  let aborts = 0;
  for (const abort of recorded.flatMap((each) => each.aborts)) {
    let name = names.get(abort.conflict);
    if (name === undefined) names.set(abort.conflict, (name = nameOf(abort.conflict, keys)));
    counts.set(name, (counts.get(name) ?? 0) + 1);
    aborts++;
    const { incarnation } = abort;
    const run = runsOf[abort.transaction]?.findLast((each) => incarnation === undefined || each.incarnation === incarnation);
    if (run !== undefined) conflicts.set(run, { conflict: name, by: abort.by });
  }

  let [runTime, finalRunTime] = [0, 0];
  const report = runsOf.map((runs, index): TransactionRuns => {
    const last = runs.at(-1);
    const reports = runs.map((run) => runReport(run, conflicts.get(run), run === last, wallTime));
    for (const { start, end, outcome } of reports) {
      runTime += end - start;
      if (outcome === "executed") finalRunTime += end - start;
    }
    return { index, runs: reports };
  });
  [runTime, finalRunTime] = [roundedTime(runTime), roundedTime(finalRunTime)];
  return {
    block,
    mode,
    reason,
    workers: record.workers,
    transactions: report,
    aborts,
    conflicts: mostFirst(counts),
    restFrom: record.restFrom,
    handedOut: record.handedOut,
    handedBack: record.handedBack,
    wallTime,
    runTime,
    finalRunTime,
    speedUp: mode === "serial" || wallTime === 0 ? 1 : finalRunTime / wallTime,
    lostEvents: recorded.reduce((sum, { lost }) => sum + lost, 0),
  };
}

function nameOf(conflict: number, keys: ReadonlyMap<number, Uint8Array>): string {
  const bytes = keys.get(conflict);
  return bytes === undefined ? "room of the block" : describeKey(bytes);
}

function mostFirst(counts: ReadonlyMap<string, number>): readonly ConflictCount[] {
  const all = [...counts].map(([key, aborts]) => ({ key, aborts }));
  return all.sort((left, right) => right.aborts - left.aborts || (left.key < right.key ? -1 : 1));
}

interface Conflict {
  readonly conflict: string;
  readonly by: number | undefined;
}

function runReport(run: RecordedRun, aborted: Conflict | undefined, isLast: boolean, wallTime: number): RunReport {
  const { worker, kind, start, end } = run;
  if (kind === "executed" && aborted === undefined) return { worker, start, end: end as number, outcome: isLast ? kind : "dropped" };
  const { by } = aborted ?? run;
  const rest = { worker, start, end: end ?? Math.max(start, wallTime), ...(by === undefined ? {} : { by }) };
  if (aborted !== undefined) return { ...rest, outcome: "aborted", conflict: aborted.conflict };
  return { ...rest, outcome: kind === "running" ? "faulted" : kind };
}
