import { describe, expect, it } from "vitest";
import { eventsOf } from "./scheduler-event.ts";
import { largeReport, serialReport, smallReport, watchedReport } from "./test-report.mts";

describe("the stream of a block", () => {
  it("tells what happened in the order in which it did", () => {
    const { block, mode, reason, workers, conflicts } = smallReport;
    const events = eventsOf(smallReport);
    expect(events[0]).toEqual({ kind: "began", block, mode, reason, workers, transactions: 6 });
    expect(events.slice(1, 7)).toEqual([
      { kind: "started", block, at: 0, worker: 0, transaction: 0, run: 1 },
      { kind: "started", block, at: 0, worker: 1, transaction: 1, run: 1 },
      { kind: "ended", block, at: 150, worker: 1, transaction: 1, run: 1, outcome: "aborted", by: 0, conflict: conflicts[0]?.key },
      { kind: "started", block, at: 160, worker: 1, transaction: 2, run: 1 },
      { kind: "ended", block, at: 180, worker: 1, transaction: 2, run: 1, outcome: "blocked", by: 1 },
      { kind: "started", block, at: 190, worker: 1, transaction: 4, run: 1 },
    ]);
    expect(events.at(-1)).toEqual({ kind: "finished", block, at: 800, report: smallReport });
  });

  it.each([smallReport, serialReport, watchedReport, largeReport(500, 3)])("has one run at a time on each worker", (report) => {
    const running = new Map<number, number>();
    let last = 0;
    for (const event of eventsOf(report)) {
      if (event.kind === "began") continue;
      expect(event.at).toBeGreaterThanOrEqual(last);
      last = event.at;
      if (event.kind === "started") {
        expect(running.has(event.worker)).toBe(false);
        running.set(event.worker, event.transaction);
      } else if (event.kind === "ended") {
        expect(running.get(event.worker)).toBe(event.transaction);
        running.delete(event.worker);
      }
    }
    expect(running.size).toBe(0);
  });
});
