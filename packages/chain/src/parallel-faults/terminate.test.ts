// Threads of a pool that are ended at any instant, and all else that can become of them: the block is right, the next is parallel again.
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileFaults, type FaultScenarios } from "./run-faults.mts";
import type { TerminateReport } from "./play-terminate.mts";
import type { playTroubles } from "./play-troubles.mts";

/** Starting threads takes long on a machine that has something else to do. */
const patience = 180_000;
let scenarios: FaultScenarios;
let troubles: Awaited<ReturnType<typeof playTroubles>>;
beforeAll(async () => {
  scenarios = await compileFaults();
  troubles = (await scenarios.run("troubles", {}, 300)) as typeof troubles;
}, patience);
afterAll(() => scenarios.remove());

const parallel = { isRight: true, mode: "parallel", workers: 3 };
/** Contracts whose calls conflict are called on one thread. */
const parallelSomehow = { isRight: true, mode: "parallel" };
const serial = (reason: unknown) => ({ isRight: true, mode: "serial", reason });

/** `npx pnpm fuzz terminate` ends more of them. */
const times = 20;

it(`is right in the block in which a thread is ended, and parallel in the next, ${times} times`, { timeout: patience }, async () => {
  const report = (await scenarios.run("terminate", { times, seed: 1 })) as TerminateReport;
  const { places, counts, medians } = report;
  console.log(`ended and given up: ${JSON.stringify({ places, counts, medians })}`);
  expect([report.wrong, report.notParallel]).toEqual([[], []]);
  expect(places).toMatchObject({
    "key lock": { ended: 2, givenUp: 2 },
    "commit lock": { ended: 2, givenUp: 2 },
    WASM: { ended: 2, givenUp: 2 },
    transaction: { ended: 1, givenUp: 1 },
  });
  expect(report.outOfWasm).toBe(0);
});

it("makes nothing of a thread that threw or overflowed its stack, which the transaction does not do elsewhere", () => {
  // In turn it counts as a fault, and the block goes on serially; ahead of its turn the transaction runs again.
  for (const [first, next] of [troubles.thrown, troubles.overflown]) {
    expect(first?.isRight).toBe(true);
    expect(next).toEqual(parallel);
  }
});

it("leaves to the threads what overflows the caller's stack", () => {
  expect(troubles.callerOverflows).toEqual({ areRight: true, hasOverflown: true, counts: {} });
});

it("goes on after a thread that had no memory left", () => {
  expect(troubles.outOfMemory).toEqual([serial(expect.stringContaining("memory limit")), parallel]);
});

it("names the transaction that is at fault wherever it is run", () => {
  const { code, isNamed, givenUp, next } = troubles.faultOfTransaction;
  expect({ code, isNamed, givenUp, next }).toEqual({
    code: "HOST_FAULT",
    isNamed: true,
    givenUp: { fault: 1 },
    next: parallelSomehow,
  });
});

it("blames nobody for what he threw because of what he had read", () => {
  expect(troubles.faultOfReads).toEqual({ runs: [parallelSomehow, parallelSomehow, parallelSomehow], counts: {} });
});

it("starts no thread for ever that cannot be set up, and tries again later", () => {
  const { first, areRight, counts, blocks, last } = troubles.setUpFails;
  expect([first, areRight, last]).toEqual([parallel, true, parallel]);
  // Three blocks in a row, then sixteen without the pool.
  expect(counts).toMatchObject({ start: 3, rest: 5 });
  expect(counts["started"]).toBeLessThanOrEqual(8);
  expect(blocks).toBe(11);
});

it("goes on after the same thread ended in two blocks", () => {
  expect(troubles.sameThread).toEqual([serial("the thread ended: exit code 1"), serial("the thread ended: exit code 1"), parallel]);
});

it("ends a block serially when its pool is closed, and runs the next without it", () => {
  expect(troubles.closedDuring).toEqual([serial("the thread ended: exit code 1"), serial("the pool was closed")]);
});

it("makes the block whole in which a thread ends while its chain is closed", () => {
  expect(troubles.chainClosedDuring).toEqual({ transactions: 60, isSame: true, hasEnded: true });
});

it("waits for a thread that does not come back until somebody ends it", () => {
  expect(troubles.neverBack).toEqual({ isBackByItself: false, runs: [serial("the thread ended: exit code 1"), parallel] });
});

it("gives a block up whose memory is spent, and takes more for the next", () => {
  const { runs, counts } = troubles.memorySpent;
  expect(runs.length).toBeGreaterThan(1);
  expect(runs.at(-1)).toEqual(parallelSomehow);
  expect(runs.slice(0, -1)).toEqual(runs.slice(1).map(() => serial(expect.stringContaining("the memory of the block was spent"))));
  expect(counts).toEqual({ memory: runs.length - 1 });
});
