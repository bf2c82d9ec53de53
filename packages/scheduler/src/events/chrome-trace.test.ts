import { describe, expect, it } from "vitest";
import type { BlockReport } from "./block-report.ts";
import { toChromeTrace, type ChromeTraceEvent } from "./chrome-trace.ts";
import { largeReport, serialReport, smallReport } from "./test-report.mts";

/** What the trace event format asks of a trace, and what we ask: a slice for each run, none over another of its thread. */
function check(report: BlockReport): void {
  const trace = toChromeTrace(report);
  expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
  const of = (ph: ChromeTraceEvent["ph"]) => trace.traceEvents.filter((event) => event.ph === ph);
  const runs = report.transactions.flatMap((each) => each.runs);
  expect(of("X")).toHaveLength(runs.length);
  expect(of("i")).toHaveLength(report.aborts);
  const threads = of("M").filter(({ name }) => name === "thread_name");
  const lanes = new Map(threads.map(({ tid }) => [tid, [] as ChromeTraceEvent[]]));
  expect(lanes.size).toBe(report.workers);
  for (const slice of of("X")) lanes.get(slice.tid)?.push(slice);
  let inLanes = 0;
  for (const lane of lanes.values()) {
    inLanes += lane.length;
    let end = 0;
    for (const { ts, dur = -1 } of lane.sort((left, right) => left.ts - right.ts)) {
      expect(ts).toBeGreaterThanOrEqual(end);
      expect(dur).toBeGreaterThanOrEqual(0);
      end = ts + dur;
    }
    expect(end).toBeLessThanOrEqual(report.wallTime);
  }
  expect(inLanes).toBe(runs.length);
  // Each arrow goes from a slice to a later one.
  const ends = new Map(of("f").map((event) => [event.id, event]));
  expect(ends.size).toBe(of("s").length);
  const isStart = ({ tid, ts }: ChromeTraceEvent) => lanes.get(tid)?.some((slice) => slice.ts === ts) === true;
  for (const start of of("s")) {
    const end = ends.get(start.id) as ChromeTraceEvent;
    expect([isStart(start), isStart(end), end.ts > start.ts]).toEqual([true, true, true]);
  }
}

describe("a Chrome trace", () => {
  it.each([
    ["a small block", smallReport],
    ["many transactions", largeReport(200, 3)],
    ["a block that nobody watched", serialReport],
  ])("of %s is well formed", (_what, report) => check(report));

  it("says of an abort which key it was", () => {
    const { traceEvents } = toChromeTrace(smallReport);
    const [key] = smallReport.conflicts;
    expect(traceEvents.filter(({ cat }) => cat === "aborted")).toEqual([
      {
        name: "transaction 1",
        ph: "X",
        cat: "aborted",
        pid: 1,
        tid: 2,
        ts: 0,
        dur: 150,
        args: { transaction: 1, run: 1, outcome: "aborted", conflict: key?.key },
      },
      { name: "does not hold", ph: "i", cat: "aborted", pid: 1, tid: 2, ts: 150, s: "t", args: { transaction: 1, conflict: key?.key } },
      { name: "runs again", cat: "aborted", pid: 1, id: 0, ph: "s", tid: 2, ts: 0 },
      { name: "runs again", cat: "aborted", pid: 1, id: 0, ph: "f", bp: "e", tid: 1, ts: 200 },
    ]);
  });
});
