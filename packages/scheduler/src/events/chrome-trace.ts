/**
 * Reports as Chrome's trace event format ("Trace Event Format", JSON object form): to be opened in Perfetto or `chrome://tracing`.
 */
import type { BlockReport, RunReport } from "./block-report.ts";
import { roundedTime } from "./event-buffer.ts";

/** One event of a trace. `ts` and `dur` are microseconds. */
export interface ChromeTraceEvent {
  readonly name: string;
  /** Metadata, complete, instant, begin and end of a flow. */
  readonly ph: "M" | "X" | "i" | "s" | "f";
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  /** Scope of an instant: its thread. */
  readonly s?: "t";
  /** A flow ends in the slice around it. */
  readonly bp?: "e";
  readonly args?: Readonly<Record<string, string | number>>;
}

/** A trace; it is the JSON of this that viewers read. */
export interface ChromeTrace {
  readonly displayTimeUnit: "ms";
  readonly otherData: Readonly<Record<string, string | number>>;
  readonly traceEvents: readonly ChromeTraceEvent[];
}

const pid = 1;

/**
 * Draws a thread for each worker, a slice for each run, and an arrow from each run that did not hold to the one after it; beside
 * them what the main thread did for the block. `nameOf` names transactions, by their hash say.
 */
export function toChromeTrace(report: BlockReport, nameOf: (index: number) => string | undefined = () => undefined): ChromeTrace {
  const { block, mode, reason, workers, aborts, handedOut, handedBack, wallTime, runTime, speedUp } = report;
  const isSerial = mode === "serial";
  const events: ChromeTraceEvent[] = [metadata("process_name", 0, { name: `block ${block}` })];
  const addThread = (worker: number, name: string): void => {
    events.push(metadata("thread_name", threadOf(worker), { name }));
    events.push(metadata("thread_sort_index", threadOf(worker), { sort_index: worker }));
  };
  for (let worker = 0; worker < workers; worker++) addThread(worker, isSerial ? "main thread" : `worker ${worker}`);
  // Where the block ran serially the main thread is its only worker.
  const main = isSerial ? 0 : workers;
  if (!isSerial) addThread(main, "main thread");
  events.push(...mainSlice(main, "before the transactions", 0, handedOut));
  events.push(...mainSlice(main, "after the transactions", handedBack, wallTime));
  let flow = 0;
  for (const { index, runs } of report.transactions) {
    for (const [place, run] of runs.entries()) {
      events.push(slice(index, place + 1, run, nameOf(index)));
      if (run.outcome !== "aborted") continue;
      const next = runs[place + 1];
      events.push(abort(index, run));
      if (next !== undefined) events.push(...arrow(flow++, run, next));
    }
  }
  return {
    displayTimeUnit: "ms",
    otherData: { block: String(block), mode, reason, workers, aborts, wallTime, runTime, speedUp },
    traceEvents: events,
  };
}

/** Thread 0 stands for the whole process in some viewers. */
function threadOf(worker: number): number {
  return worker + 1;
}

function metadata(name: string, tid: number, args: Readonly<Record<string, string | number>>): ChromeTraceEvent {
  return { name, ph: "M", pid, tid, ts: 0, args };
}

function mainSlice(main: number, name: string, start: number, end: number): readonly ChromeTraceEvent[] {
  return start >= end ? [] : [{ name, ph: "X", cat: "main", pid, tid: threadOf(main), ts: start, dur: roundedTime(end - start) }];
}

function slice(transaction: number, number: number, run: RunReport, hash: string | undefined): ChromeTraceEvent {
  const { worker, start, end, outcome, by, conflict } = run;
  const args = {
    transaction,
    ...(hash === undefined ? {} : { hash }),
    run: number,
    outcome,
    ...(by === undefined ? {} : { by }),
    ...(conflict === undefined ? {} : { conflict }),
  };
  return {
    name: `transaction ${transaction}`,
    ph: "X",
    cat: outcome,
    pid,
    tid: threadOf(worker),
    ts: start,
    dur: roundedTime(end - start),
    args,
  };
}

function abort(transaction: number, { worker, end, conflict }: RunReport): ChromeTraceEvent {
  const args = { transaction, ...(conflict === undefined ? {} : { conflict }) };
  return { name: "does not hold", ph: "i", cat: "aborted", pid, tid: threadOf(worker), ts: end, s: "t", args };
}

/** From where the run began, which is within its slice whatever its length. */
function arrow(id: number, from: RunReport, to: RunReport): readonly ChromeTraceEvent[] {
  const common = { name: "runs again", cat: "aborted", pid, id };
  return [
    { ...common, ph: "s", tid: threadOf(from.worker), ts: from.start },
    { ...common, ph: "f", bp: "e", tid: threadOf(to.worker), ts: to.start },
  ];
}
