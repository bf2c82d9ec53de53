/**
 * What recording a transaction's run costs, and what is left to do for the main thread when the block is done: processor time of
 * `node scripts/run.mjs packages/scheduler/src/events/event-recorder.bench.ts`.
 */
import { createEventBuffer } from "./event-buffer.ts";
import { createBlockClock, createEventRecorder } from "./event-recorder.ts";
import { copyEvents } from "./event-buffer.ts";
import { reportOf } from "./report-of.ts";
import { unwatchedRun, watchSerialRun } from "./run-record.ts";
import { summaryOf } from "./run-summary.ts";

const transactions = 10_000;

/** Prints the least processor time of many rounds, for each transaction. */
function measure(what: string, run: () => void): void {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 100; round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  console.info(`${what.padEnd(44)} ${((least * 1_000) / transactions).toFixed(0).padStart(6)} ns`);
}

const buffer = createEventBuffer({ worker: 0, records: transactions });
const clock = createBlockClock(process.hrtime.bigint());
let sum = 0;

console.info(`for each of ${transactions} transactions:`);
measure("the clock, twice", () => {
  for (let index = 0; index < transactions; index++) sum += clock() + clock();
});
measure("a run on a worker", () => {
  const recorder = createEventRecorder(buffer, clock);
  for (let index = 0; index < transactions; index++) {
    recorder.started(index, 1);
    recorder.ended(index, { kind: "executed" });
  }
});
measure("a run of a serial block", () => {
  const watch = watchSerialRun(transactions);
  for (let index = 0; index <= transactions; index++) watch.next();
});

const record = { ...unwatchedRun(transactions), events: [buffer], wallTime: 1 };
measure("after the block: copied, added up", () => {
  sum += summaryOf({ ...record, events: [copyEvents(buffer)] }).runTime;
});
measure("when asked for: the report", () => {
  sum += reportOf({ block: 1n, mode: "parallel", reason: "", record }).runTime;
});
if (sum === 0) throw new Error("expected time to pass");
