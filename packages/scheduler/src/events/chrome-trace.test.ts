import { describe, expect, it } from "vitest";
import type { BlockReport } from "./block-report.ts";
import { toChromeTrace, type ChromeTraceEvent } from "./chrome-trace.ts";
import { largeReport, serialReport, smallReport, watchedReport } from "./test-report.mts";

/** What the trace event format asks of a trace, and what we ask: a slice for each run, none over another of its thread. */
function check(report: BlockReport): void {
  const trace = toChromeTrace(report);
  expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
  const of = (ph: ChromeTraceEvent["ph"]) => trace.traceEvents.filter((event) => event.ph === ph);
  const runs = report.transactions.flatMap((each) => each.runs);
  const own = of("X").filter(({ cat }) => cat === "main");
  expect(of("X")).toHaveLength(runs.length + own.length);
  expect(of("i")).toHaveLength(report.aborts);
  const threads = of("M").filter(({ name }) => name === "thread_name");
  const lanes = new Map(threads.map(({ tid }) => [tid, [] as ChromeTraceEvent[]]));
  expect(lanes.size).toBe(report.mode === "serial" ? report.workers : report.workers + 1);
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
  expect(inLanes).toBe(runs.length + own.length);
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
  it("names transactions, and says what the main thread did", () => {
    const { traceEvents } = toChromeTrace(smallReport, (index) => `0x0${index}`);
    expect(traceEvents.find(({ args }) => args?.["transaction"] === 3)?.args).toMatchObject({ transaction: 3, hash: "0x03" });
    expect(traceEvents.filter(({ cat }) => cat === "main")).toEqual([
      { name: "after the transactions", ph: "X", cat: "main", pid: 1, tid: 3, ts: 740, dur: 60 },
    ]);
  });

  it.each([
    ["a small block", smallReport],
    ["many transactions", largeReport(200, 3)],
    ["a block that nobody watched", serialReport],
    ["a block that ran serially", watchedReport],
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
        args: { transaction: 1, run: 1, outcome: "aborted", by: 0, conflict: key?.key },
      },
      { name: "does not hold", ph: "i", cat: "aborted", pid: 1, tid: 2, ts: 150, s: "t", args: { transaction: 1, conflict: key?.key } },
      { name: "runs again", cat: "aborted", pid: 1, id: 0, ph: "s", tid: 2, ts: 0 },
      { name: "runs again", cat: "aborted", pid: 1, id: 0, ph: "f", bp: "e", tid: 1, ts: 200 },
    ]);
  });
});
