/** One row: a workload's block, serially and on every pool by turns. */
import type { Transaction } from "@trireme/core";
import { createConflictHints, createExecutionChoice, watchSerialRun, type BlockPool, type RunRecord } from "@trireme/scheduler";
import { assertSame, type BlockGround, type BlockResult } from "./block-ground.ts";
import type { ParallelWorkload } from "./workload.ts";

/** A choice has tried both ways twice after so many blocks. */
const choosingBlocks = 12;

/** How long a row is measured. */
export interface RowEffort {
  readonly runs: number;
  /** Every column runs so many transactions for each of its threads before anything is measured, and two blocks at least. */
  readonly warmUp: number;
  /** Blocks of a run; as many as take `sampleMilliseconds` when undefined. */
  readonly blocks: number | undefined;
  readonly sampleMilliseconds: number;
}

/** One run of one column; times in microseconds for a transaction. */
export interface Sample {
  readonly clock: number;
  /** Of all threads of the process. */
  readonly processor: number;
  /** In a block. */
  readonly aborts: number;
  /** Part of the blocks that ran on threads. */
  readonly onThreads: number;
}

/** What runs the blocks of a column: always the pool, or as a chain decides it from what blocks took. */
export type Runner = "serial" | "pool" | "chain";

/** A column with all of its samples. */
export interface MeasuredColumn {
  readonly runner: Runner;
  readonly workers: number;
  readonly samples: readonly Sample[];
}

/** A row as it was measured. */
export interface MeasuredRow {
  readonly name: string;
  readonly size: number;
  readonly columns: readonly MeasuredColumn[];
}

interface Column {
  readonly runner: Runner;
  readonly workers: number;
  readonly run: () => BlockResult | Promise<BlockResult>;
}

/** @throws Error (rejects) when a block comes to anything but what its serial run came to */
export async function measureRow(
  workload: ParallelWorkload,
  ground: BlockGround,
  pools: readonly BlockPool[],
  effort: RowEffort,
): Promise<MeasuredRow> {
  const transactions = workload.createTransactions();
  const reference = ground.runSerially(transactions);
  const failed = reference.outcomes.findIndex((outcome) => outcome.kind !== "executed" || !outcome.succeeded);
  if (failed !== -1) throw new Error(`${workload.name}: expected transactions that succeed, number ${failed} did not`);
  const columns: readonly Column[] = [
    { runner: "serial", workers: 1, run: () => ground.runSerially(transactions) },
    ...pools.map((pool): Column => ({ runner: "pool", workers: pool.workers, run: () => ground.runOn(pool, transactions) })),
    // A chain with one worker runs its blocks serially.
    ...pools
      .filter(({ workers }) => workers > 1)
      .map((pool): Column => ({ runner: "chain", workers: pool.workers, run: runnerAsChosen(ground, pool, transactions) })),
  ];
  const length: number[] = [];
  for (const column of columns) length.push(await warmUp(column, reference, effort));
  const samples = columns.map((): Sample[] => []);
  for (let run = 0; run < effort.runs; run++) {
    // Another column first each time: who runs on this thread after a pool finds it cold.
    for (const place of columns.keys()) {
      const index = (place + run) % columns.length;
      const column = columns[index] as Column;
      if ((length[index] as number) < effort.sampleMilliseconds) assertSame(await column.run(), reference);
      samples[index]?.push(await takeSample(column, reference, effort));
    }
  }
  return {
    name: workload.name,
    size: workload.size,
    columns: columns.map(({ runner, workers }, index) => ({ runner, workers, samples: samples[index] as readonly Sample[] })),
  };
}

/** As a chain's execution service does; the choice knows nothing when the row begins. */
function runnerAsChosen(ground: BlockGround, pool: BlockPool, transactions: readonly Transaction[]): () => Promise<BlockResult> {
  const hints = createConflictHints();
  const choices = createExecutionChoice({ workers: pool.workers, hints });
  return async () => {
    const { mode, after, learn } = choices.choose(transactions);
    const result =
      mode === "parallel"
        ? await ground.runOn(pool, transactions, after)
        : ground.runSerially(transactions, watchSerialRun(transactions.length));
    const record = result.record as RunRecord;
    if (result.aborts > 0) hints.learn(transactions, record);
    learn(mode, record);
    return result;
  };
}

/** Gives the milliseconds that the last block took. */
async function warmUp({ run, runner, workers }: Column, reference: BlockResult, effort: RowEffort): Promise<number> {
  const size = reference.outcomes.length;
  const least = runner === "chain" ? choosingBlocks : 2;
  const blocks = Math.max(least, Math.ceil((effort.warmUp * workers) / size));
  let start = 0;
  for (let block = 0; block < blocks; block++) {
    start = performance.now();
    assertSame(await run(), reference);
  }
  return performance.now() - start;
}

async function takeSample({ run }: Column, reference: BlockResult, { blocks, sampleMilliseconds }: RowEffort): Promise<Sample> {
  // No collection of garbage is asked for: a full one, with no block under way, takes away compiled code that knew the shapes of
  // its objects, and the side on this thread would be twice as slow until it is compiled again.
  let [clock, processor, aborts, onThreads, done] = [0, 0, 0, 0, 0];
  while (blocks === undefined ? clock < 1000 * sampleMilliseconds : done < blocks) {
    const before = process.cpuUsage();
    const start = performance.now();
    const pending = run();
    // What runs serially is not made to wait for a promise.
    const result = pending instanceof Promise ? await pending : pending;
    clock += 1000 * (performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    processor += user + system;
    aborts += result.aborts;
    if (result.isOnThreads) onThreads++;
    done++;
    assertSame(result, reference);
  }
  const transactions = done * reference.outcomes.length;
  return { clock: clock / transactions, processor: processor / transactions, aborts: aborts / done, onThreads: onThreads / done };
}
