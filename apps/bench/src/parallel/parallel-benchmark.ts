/** `bench parallel`: blocks run serially and on pools of threads, by turns, every result compared with the serial one. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { BlockPool } from "@trireme/scheduler";
import { summarize } from "../measure.ts";
import { assertSame, createBlockGround, type BlockGround, type BlockResult } from "./block-ground.ts";
import { tokenWorkloads } from "./token-workloads.ts";
import { transferWorkload } from "./transfer-workloads.ts";
import type { ParallelWorkload } from "./workload.ts";

/** What the command was given. */
export interface ParallelOptions {
  readonly workload: string;
  readonly workers: string;
  readonly runs: string;
  readonly blocks?: string;
  readonly size: string;
}

interface Sample {
  /** Microseconds of the clock, and of all processors. */
  readonly clock: number;
  readonly processor: number;
  readonly aborts: number;
}

interface Column {
  readonly name: string;
  readonly workers: number;
  readonly run: () => BlockResult | Promise<BlockResult>;
  readonly samples: Sample[];
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** A column runs so many transactions for each thread before anything is measured: V8 compiles them by then. */
const warmUp = 8000;
/** Milliseconds of a sample, unless the number of blocks is given. */
const sampleMilliseconds = 200;

/** Measures and prints. */
export async function run(options: ParallelOptions): Promise<void> {
  const size = Number(options.size);
  const filter = new RegExp(options.workload, "i");
  const all: readonly ParallelWorkload[] = [
    ...[2, 10, 100, 1000, 10_000].map((accounts) => transferWorkload(accounts, size)),
    ...(await tokenWorkloads(size)),
  ];
  const workloads = all.filter(({ name }) => filter.test(name));
  const workers = options.workers.split(",").map(Number);
  const ground = createBlockGround(workloads.map(({ writeGenesis }) => writeGenesis));
  const pools = workers.map((count) => ground.createPool(count));
  for (const workload of workloads) await measureWorkload(workload, ground, pools, options);
  await Promise.all(pools.map((pool) => pool.close()));
}

async function measureWorkload(
  workload: ParallelWorkload,
  ground: BlockGround,
  pools: readonly BlockPool[],
  options: ParallelOptions,
): Promise<void> {
  const transactions = workload.createTransactions();
  const reference = ground.runSerially(transactions);
  const failed = reference.outcomes.findIndex((outcome) => outcome.kind !== "executed" || !outcome.succeeded);
  if (failed !== -1) throw new Error(`${workload.name}: transaction ${failed} failed`);
  const columns: readonly Column[] = [
    { name: "serial", workers: 0, run: () => ground.runSerially(transactions), samples: [] },
    ...pools.map((pool): Column => {
      const name = pool.workers === 1 ? "1 worker" : `${pool.workers} workers`;
      return { name, workers: pool.workers, run: () => ground.runOn(pool, transactions), samples: [] };
    }),
  ];
  for (const { run: runBlock, workers } of columns) {
    for (let done = 0; done < warmUp * Math.max(workers, 1); done += transactions.length) assertSame(await runBlock(), reference);
  }
  const blocks = options.blocks === undefined ? undefined : Number(options.blocks);
  for (let round = 0; round < Number(options.runs); round++) {
    for (const column of columns) column.samples.push(await sample(column, reference, blocks));
  }
  print(workload, columns);
}

async function sample({ run: runBlock }: Column, reference: BlockResult, blocks: number | undefined): Promise<Sample> {
  collectGarbage();
  let [clock, processor, aborts, done] = [0, 0, 0, 0];
  while (blocks === undefined ? clock < sampleMilliseconds * 1000 : done < blocks) {
    const before = process.cpuUsage();
    const start = performance.now();
    const pending = runBlock();
    const result = pending instanceof Promise ? await pending : pending;
    clock += (performance.now() - start) * 1000;
    const { user, system } = process.cpuUsage(before);
    processor += user + system;
    aborts += result.aborts;
    done++;
    assertSame(result, reference);
  }
  const transactions = done * reference.outcomes.length;
  return { clock: clock / transactions, processor: processor / transactions, aborts: aborts / done };
}

function print({ name }: ParallelWorkload, columns: readonly Column[]): void {
  console.log(`\n${name}`);
  const serial = summarize((columns[0]?.samples ?? []).map(({ clock }) => clock)).median;
  for (const { name: column, samples, workers } of columns) {
    const clock = summarize(samples.map((each) => each.clock));
    const processor = summarize(samples.map((each) => each.processor)).median;
    const aborts = summarize(samples.map((each) => each.aborts)).median;
    const range = `[${clock.minimum.toFixed(1)} .. ${clock.maximum.toFixed(1)}]`;
    const times = `${clock.median.toFixed(1).padStart(7)} us ${range.padEnd(18)} processor ${processor.toFixed(1).padStart(7)} us`;
    const speedUp = workers === 0 ? "" : `  ${(serial / clock.median).toFixed(2)}x  aborts ${aborts.toFixed(1)}`;
    console.log(`  ${column.padEnd(12)} ${times}${speedUp}`);
  }
}
