/** Reports for tests. */
import type { BlockReport, RunReport } from "./block-report.ts";

const pool = `0x${"ab".repeat(20)}`;
const slot = `slot 0x${"00".repeat(31)}07 of ${pool}`;

const run = (worker: number, start: number, end: number): RunReport => ({ worker, start, end, outcome: "executed" });

/** Six transactions on two workers: one ran again, one waited, one threw first. */
export const smallReport: BlockReport = {
  block: 42n,
  mode: "parallel",
  reason: "4 or more transactions",
  workers: 2,
  transactions: [
    [run(0, 0, 200)],
    [{ ...run(1, 0, 150), outcome: "aborted" as const, conflict: slot, by: 0 }, run(0, 200, 350)],
    [{ ...run(1, 160, 180), outcome: "blocked" as const, by: 1 }, run(1, 360, 560)],
    [run(0, 400, 700)],
    [{ ...run(1, 190, 250), outcome: "faulted" as const, by: 3 }, run(1, 720, 800)],
    [run(1, 600, 700)],
  ].map((runs, index) => ({ index, runs })),
  aborts: 1,
  conflicts: [{ key: slot, aborts: 1 }],
  restFrom: undefined,
  handedOut: 0,
  handedBack: 740,
  wallTime: 800,
  runTime: 1_260,
  finalRunTime: 1_030,
  speedUp: 1_030 / 800,
  lostEvents: 0,
};

/** So many transactions of 10 us on so many workers; every tenth ran twice, on one of three keys. */
export function largeReport(transactions: number, workers: number): BlockReport {
  const at = new Float64Array(workers);
  const keys = [0, 1, 2, 3, 4, 5, 6].map((key) => `account 0x${`0${key}`.repeat(20)}`);
  const next = (worker: number, part: Partial<RunReport> = {}): RunReport => {
    const start = at[worker] as number;
    at[worker] = start + 10;
    return { ...run(worker, start, start + 9), ...part };
  };
  const runs = Array.from({ length: transactions }, (_, index) => {
    const worker = index % workers;
    if (index % 10 !== 0) return [next(worker)];
    return [next(worker, { outcome: "aborted", conflict: keys[(index / 10) % 7] as string }), next(worker)];
  });
  const wallTime = Math.max(...at);
  const aborts = Math.ceil(transactions / 10);
  return {
    block: 43n,
    mode: "parallel",
    reason: "4 or more transactions",
    workers,
    transactions: runs.map((each, index) => ({ index, runs: each })),
    aborts,
    conflicts: keys.map((key, place) => ({ key, aborts: Math.ceil((aborts - place) / 7) })),
    restFrom: undefined,
    handedOut: 0,
    handedBack: wallTime,
    wallTime,
    runTime: (transactions + aborts) * 9,
    finalRunTime: transactions * 9,
    speedUp: (transactions * 9) / wallTime,
    lostEvents: 0,
  };
}

/** A block that ran one after the other. */
export const watchedReport: BlockReport = {
  block: 45n,
  mode: "serial",
  reason: "3 transactions, fewer than 32",
  workers: 1,
  transactions: [100, 400, 450].map((start, index) => ({ index, runs: [run(0, start, [390, 450, 900][index] as number)] })),
  aborts: 0,
  conflicts: [],
  restFrom: undefined,
  handedOut: 100,
  handedBack: 900,
  wallTime: 1_000,
  runTime: 790,
  finalRunTime: 790,
  speedUp: 1,
  lostEvents: 0,
};

/** A block that ran one after the other, unwatched. */
export const serialReport: BlockReport = {
  block: 44n,
  mode: "serial",
  reason: "fewer than 8 transactions",
  workers: 1,
  transactions: [0, 1].map((index) => ({ index, runs: [] })),
  aborts: 0,
  conflicts: [],
  restFrom: undefined,
  handedOut: 0,
  handedBack: 0,
  wallTime: 0,
  runTime: 0,
  finalRunTime: 0,
  speedUp: 1,
  lostEvents: 0,
};
