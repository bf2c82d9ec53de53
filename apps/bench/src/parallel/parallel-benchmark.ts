/** `bench parallel`: blocks run serially and on pools of threads, by turns, every result compared with the serial one. */
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import type { BlockPool } from "@trireme/scheduler";
import { createBlockGround } from "./block-ground.ts";
import { withIdeals, type JudgedRow } from "./ideal-columns.ts";
import { measureRow, type MeasuredRow, type RowEffort } from "./measure-row.ts";
import { printProgress, printRow, printSummary } from "./report-row.ts";
import type { ParallelWorkload } from "./workload.ts";
import { createWorkloads } from "./workloads.ts";

/** What the command was given. */
export interface ParallelOptions {
  readonly workload?: string;
  readonly workers?: string;
  readonly runs?: string;
  readonly blocks?: string;
  readonly size?: string;
  readonly quick?: boolean;
  readonly json?: string;
}

const usual: RowEffort = { runs: 5, warmUp: 4000, blocks: undefined, sampleMilliseconds: 200 };
const quick: RowEffort = { runs: 2, warmUp: 1000, blocks: undefined, sampleMilliseconds: 50 };
/** With `--quick`, larger blocks are left out. */
const mostQuick = 1000;

/** Measures and prints. @throws RangeError (rejects) for options that are no positive integers */
export async function run(options: ParallelOptions): Promise<void> {
  const cores = availableParallelism();
  const effort = effortOf(options);
  const workers = options.workers?.split(",").map((text) => positive("--workers", text)) ?? workersUpTo(cores);
  const size = options.size === undefined ? undefined : positive("--size", options.size);
  const filter = new RegExp(options.workload ?? "", "i");
  const isWanted = (name: string, transactions: number): boolean =>
    filter.test(name) && (options.quick !== true || size !== undefined || transactions <= mostQuick);
  const workloads = (await createWorkloads(size)).filter((workload) => isWanted(workload.name, workload.size));
  const ground = createBlockGround(workloads);
  const [first] = workloads[0]?.createTransactions() ?? [];
  if (first === undefined) throw new RangeError(`--workload: expected to match one, got ${options.workload}`);
  const pools: BlockPool[] = [];
  // One after the other: all threads of all pools at once would starve each other on a small machine.
  for (const count of workers) pools.push(await ground.createPool(count, first));
  printHead(cores, effort);
  const measured: (readonly [ParallelWorkload, MeasuredRow])[] = [];
  for (const workload of workloads) {
    const row = await measureRow(workload, ground, pools, effort);
    printProgress(row);
    measured.push([workload, row]);
  }
  const load = loadText();
  await Promise.all(pools.map((pool) => pool.close()));
  const rows = measured.map(([workload, row]) => withIdeals(row, workload, ground));
  // A first look reaches no aim and misses none.
  const judged = options.quick === true ? 0 : cores;
  for (const row of rows) printRow(row, judged);
  if (judged > 0) printSummary(rows, judged);
  console.log(`load average at the end of the measurements: ${load}`);
  if (options.json !== undefined) writeJson(options.json, cores, effort, rows);
}

function effortOf({ quick: isQuick, runs, blocks }: ParallelOptions): RowEffort {
  const effort = isQuick === true ? quick : usual;
  return {
    ...effort,
    runs: runs === undefined ? effort.runs : positive("--runs", runs),
    blocks: blocks === undefined ? undefined : positive("--blocks", blocks),
  };
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new RangeError(`${option}: expected positive integers, got ${text}`);
  return number;
}

/** 1, 2, 4, ... and the number of cores. */
function workersUpTo(cores: number): readonly number[] {
  const counts: number[] = [];
  for (let count = 1; count < cores; count *= 2) counts.push(count);
  return [...counts, cores];
}

function printHead(cores: number, { runs, warmUp, blocks, sampleMilliseconds }: RowEffort): void {
  const length = blocks === undefined ? `blocks for ${sampleMilliseconds} ms` : `${blocks} blocks`;
  console.log(`${cores} cores, load average ${loadText()}; Node ${process.version}`);
  console.log(`${runs} interleaved runs of ${length}; before them ${warmUp} transactions for each thread, two blocks at least`);
  console.log("medians and ranges; processor: us of all threads for a transaction; ideal: list scheduling of the block's own graph");
}

function loadText(): string {
  return loadavg()
    .map((load) => load.toFixed(2))
    .join(" ");
}

function writeJson(path: string, cores: number, effort: RowEffort, rows: readonly JudgedRow[]): void {
  const machine = { node: process.version, cores, cpu: cpus()[0]?.model ?? "", loadAverage: loadavg() };
  writeFileSync(path, `${JSON.stringify({ date: new Date().toISOString(), machine, effort, rows }, null, 2)}\n`);
}
