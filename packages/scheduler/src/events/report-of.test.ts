// Reports of blocks that workers ran, turn by turn.
import { addressFromBytes, bigintToBytes, emptyCodeHash, type Address } from "@trireme/core";
import { accountFlatKey, createFlatReader, createJournal, encodeAccountRecord, type Journal } from "@trireme/state";
import { describe, expect, it } from "vitest";
import { BlockMemory } from "../memory/block-memory.ts";
import { createBlockMemory } from "../memory/create-block-memory.ts";
import { VersionedState } from "../memory/versioned-state.ts";
import type { BlockBody } from "../schedule/block-body.ts";
import { BlockWorker } from "../schedule/block-worker.ts";
import { createTurns } from "../schedule/simulate.mts";
import { describeKey } from "./describe-key.ts";
import { lastEnd, conflictsIn, createEventBuffer, type EventBuffer } from "./event-buffer.ts";
import { createBlockClock, createEventRecorder } from "./event-recorder.ts";
import { reportOf } from "./report-of.ts";
import { createRunWatches, unwatchedRun, watchSerialRun, type RunRecord } from "./run-record.ts";
import { summaryOf } from "./run-summary.ts";

const counter: Address = addressFromBytes(new Uint8Array(20).fill(0xab));
const slot = bigintToBytes(7n, 32);
const record = encodeAccountRecord({
  nonce: 1n,
  balance: 1n,
  codeHash: emptyCodeHash,
  storageGeneration: 0,
  hasSlots: true,
  svm: undefined,
});
const counterKey = Buffer.from(accountFlatKey(counter)).toString("hex");
const base = createFlatReader((key) => (Buffer.from(key).toString("hex") === counterKey ? record : undefined));

const counted = { outcome: new Uint8Array(1), gasUsed: 1n, blobGasUsed: 0n };

function countIn(journal: Journal): void {
  journal.beginTransaction();
  journal.setStorage(counter, slot, bigintToBytes(BigInt(journal.getStorage(counter, slot)[31] as number) + 1n, 32));
  journal.endTransaction();
}

/** Runs a block in which every transaction counts a slot up; on a clock that ticks with every look at it. */
function countUp(transactions: number, workers: number, { records = 500, throwsAt = -1 } = {}) {
  const handle = createBlockMemory({ transactions, bytes: 1_000_000 });
  const memory = new BlockMemory(handle);
  const events: EventBuffer[] = [];
  let time = 0;
  let hasThrown = false;
  const team = Array.from({ length: workers }, (_, worker) => {
    const own = new BlockMemory(handle);
    const state = new VersionedState(own, base);
    const room = { gasLeft: 1_000n, blobGasLeft: 0n };
    const buffer = createEventBuffer({ worker, records });
    events.push(buffer);
    const executeRest: BlockBody["executeRest"] = (first, started, keep) => {
      const journal = createJournal(state.reader);
      for (let index = first; index < transactions; index++) {
        started(index);
        countIn(journal);
        keep(index, counted);
      }
      return journal.takeWrites();
    };
    const execute = (index: number) => {
      if (index === throwsAt && !hasThrown) {
        hasThrown = true;
        throw new Error("a fault of the host");
      }
      const journal = createJournal(state.reader);
      countIn(journal);
      return { ...counted, writes: journal.takeWrites() };
    };
    return new BlockWorker({
      memory: own,
      state,
      body: { room, dependsOnRoom: () => false, execute, executeRest },
      events: createEventRecorder(buffer, () => (time += 1)),
    });
  });
  const turn = createTurns(1);
  for (const active = new Set(team); active.size > 0;) {
    const worker = [...active][turn(active.size)] as BlockWorker;
    if (worker.step() === "done") active.delete(worker);
  }
  const conflicts = events.flatMap((each) => [...conflictsIn(each)]);
  const keys = new Map(conflicts.map((key) => [key, memory.keyBytes(key)]));
  const record: RunRecord = {
    transactions,
    workers,
    events,
    keys,
    restFrom: memory.restFrom,
    handedOut: 0,
    handedBack: time,
    wallTime: time + 1,
  };
  return { memory, record, report: () => reportOf({ block: 5n, mode: "parallel", reason: "4 or more transactions", record }) };
}

describe("the report of a block", () => {
  it.each([1, 2, 3])("has every run and every abort with its key, on %i workers", (workers) => {
    const { memory, report, record } = countUp(30, workers, workers > 1 ? { throwsAt: 12 } : {});
    const { transactions, aborts, conflicts, speedUp, runTime, finalRunTime, lostEvents, ...rest } = report();
    const { wallTime, restFrom, handedOut, handedBack } = record;
    const reason = "4 or more transactions";
    expect(rest).toEqual({ block: 5n, mode: "parallel", reason, workers, restFrom, wallTime, handedOut, handedBack });
    expect(transactions.map(({ index }) => index)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    // The last run stands, and no other.
    expect(transactions.map(({ runs }) => runs.findIndex(({ outcome }) => outcome === "executed"))).toEqual(
      transactions.map(({ runs }) => runs.length - 1),
    );
    const runs = transactions.flatMap((each) => each.runs);
    const aborted = runs.filter(({ outcome }) => outcome === "aborted");
    expect([aborts, aborted.length, workers > 1]).toEqual([memory.aborts, memory.aborts, memory.aborts > 0]);
    const key = `slot 0x${"00".repeat(31)}07 of 0x${"ab".repeat(20)}`;
    expect(aborted.map(({ conflict }) => conflict)).toEqual(aborted.map(() => key));
    // Each counts up after the one below it.
    const writers = transactions.flatMap((each) => each.runs.filter(({ outcome }) => outcome === "aborted").map(() => each.index - 1));
    expect(aborted.map(({ by }) => by)).toEqual(writers);
    expect(conflicts).toEqual(aborts === 0 ? [] : [{ key, aborts }]);
    expect(runs.filter(({ outcome }) => outcome === "faulted")).toMatchObject(workers > 1 ? [{ by: 11 }] : []);
    const sum = (of: typeof runs) => of.reduce((total, { start, end }) => total + end - start, 0);
    expect(summaryOf(record)).toEqual({ aborts, runTime, finalRunTime, wallTime });
    expect([runTime, finalRunTime, lostEvents]).toEqual([sum(runs), sum(runs.filter(({ outcome }) => outcome === "executed")), 0]);
    expect(speedUp).toBe(finalRunTime / wallTime);
    expect(runs.every(({ start, end }) => start < end && end < wallTime)).toBe(true);
  });

  it("says from where on one worker ran the rest", () => {
    const { restFrom, transactions } = countUp(60, 3).report();
    const last = transactions.slice(restFrom ?? 60).map(({ runs }) => runs.at(-1));
    expect(new Set(last.map((run) => run?.worker)).size).toBe(1);
    expect(new Set(last.map((run) => run?.outcome))).toEqual(new Set(["executed"]));
  });

  it("says what was dropped when the rest went on serially", () => {
    const buffer = createEventBuffer({ worker: 0, records: 4 });
    let time = 0;
    const recorder = createEventRecorder(buffer, () => time++);
    for (const incarnation of [1, 2]) {
      recorder.started(0, incarnation);
      recorder.ended(0, { kind: "executed" });
    }
    const record: RunRecord = { ...unwatchedRun(1), events: [buffer], restFrom: 0, wallTime: 4 };
    const { transactions, finalRunTime } = reportOf({ block: 5n, mode: "parallel", reason: "", record });
    expect(transactions[0]?.runs.map(({ outcome }) => outcome)).toEqual(["dropped", "executed"]);
    expect([finalRunTime, summaryOf(record).finalRunTime]).toEqual([1, 1]);
  });

  it("counts what had no room", () => {
    const { transactions, lostEvents } = countUp(30, 1, { records: 20 }).report();
    expect([transactions.filter(({ runs }) => runs.length === 1).length, lostEvents]).toEqual([20, 10]);
  });

  it("shows a run that never ended until the end of the block", () => {
    const buffer = createEventBuffer({ worker: 0, records: 4 });
    const recorder = createEventRecorder(buffer, () => 3);
    recorder.started(0, 1);
    const record: RunRecord = { ...unwatchedRun(1), events: [buffer], wallTime: 8 };
    const report = () => reportOf({ block: 5n, mode: "parallel", reason: "", record });
    expect(report().transactions).toEqual([{ index: 0, runs: [{ worker: 0, start: 3, end: 8, outcome: "faulted" }] }]);
    createEventRecorder(buffer, () => 0);
    expect(report().transactions).toEqual([{ index: 0, runs: [] }]);
  });

  it("takes no other buffer", () => {
    const given = { buffer: new SharedArrayBuffer(20) };
    expect(() => createEventRecorder(given, () => 0)).toThrow("expected a buffer of events, got 20 bytes");
  });

  it("has a clock in microseconds", () => {
    const began = process.hrtime.bigint();
    const clock = createBlockClock(began - 5_000_000n);
    const [first, second] = [clock(), clock()];
    expect(first).toBeGreaterThanOrEqual(5_000);
    expect(second).toBeGreaterThanOrEqual(first);
  });
});

describe("a run that is watched", () => {
  it("has a lane on the calling thread", () => {
    const watch = watchSerialRun(3);
    for (let index = 0; index <= 3; index++) watch.next();
    const record = watch.record();
    const report = reportOf({ block: 1n, mode: "serial", reason: "one worker", record });
    const runs = report.transactions.flatMap((each) => each.runs);
    expect(runs.map(({ worker, outcome }) => [worker, outcome])).toEqual([0, 1, 2].map(() => [0, "executed"]));
    const instants = [report.handedOut, ...runs.flatMap(({ start, end }) => [start, end]), report.handedBack, report.wallTime];
    // All are as fine as a tenth of a microsecond.
    expect(instants.every((at, place) => place === 0 || at > (instants[place - 1] as number) - 0.11)).toBe(true);
    expect([report.speedUp, report.aborts, summaryOf(record).runTime]).toEqual([1, 0, report.runTime]);
  });

  it("has none where its transactions never began", () => {
    expect(reportOf({ block: 1n, mode: "serial", reason: "", record: watchSerialRun(2).record() }).transactions).toEqual([
      { index: 0, runs: [] },
      { index: 1, runs: [] },
    ]);
  });

  it("leaves a record of its own, whatever runs after it", () => {
    const watchRun = createRunWatches(1);
    const memory = new BlockMemory(createBlockMemory({ transactions: 2, bytes: 10_000 }));
    const run = (transaction: number) => {
      const watch = watchRun(2);
      const recorder = createEventRecorder(watch.events[0] as EventBuffer, createBlockClock(watch.began));
      watch.handOut();
      recorder.started(transaction, 1);
      recorder.ended(transaction, { kind: "executed" });
      watch.handBack();
      return watch.record(memory);
    };
    const records = [run(0), run(1)];
    const report = (record: RunRecord) => reportOf({ block: 1n, mode: "parallel", reason: "", record });
    expect(records.map((record) => report(record).transactions.map(({ runs }) => runs.length))).toEqual([
      [1, 0],
      [0, 1],
    ]);
    // A worker that never came to a block left nothing in it.
    expect(report(watchRun(2).record(memory)).transactions.map(({ runs }) => runs.length)).toEqual([0, 0]);
  });
});

it("counts nothing that the thread which handed the block out did meanwhile, when that took longer than the block", () => {
  const memory = new BlockMemory(createBlockMemory({ transactions: 1, bytes: 10_000 }));
  const watch = createRunWatches(1)(1);
  const recorder = createEventRecorder(watch.events[0] as EventBuffer, createBlockClock(watch.began));
  watch.handOut();
  recorder.started(0, 1);
  recorder.ended(0, { kind: "executed" });
  const until = performance.now() + 20;
  while (performance.now() < until);
  watch.endOther();
  watch.handBack();
  const { events, handedBack, wallTime } = watch.record(memory);
  expect(wallTime).toBeGreaterThanOrEqual(handedBack);
  expect(handedBack).toBeGreaterThanOrEqual(lastEnd(events));
  // The 20 ms are missing in it.
  expect(watch.began + BigInt(Math.round(wallTime * 1_000)) + 20_000_000n).toBeLessThanOrEqual(process.hrtime.bigint());
});

it("names any key", () => {
  const at = `0x${"ab".repeat(20)}`;
  const names = [`01${at.slice(2)}`, `04${at.slice(2)}00000003`, `05${at.slice(2)}`, `03${"cd".repeat(32)}`, "0102", ""];
  expect(names.map((hex) => describeKey(new Uint8Array(Buffer.from(hex, "hex"))))).toEqual([
    `account ${at}`,
    `data page 3 of ${at}`,
    `generation of ${at}`,
    `code 0x${"cd".repeat(32)}`,
    "key 0x0102",
    "key 0x",
  ]);
});
