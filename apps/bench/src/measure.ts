/** Interleaved measurement: every column runs once per round, so that a noisy minute hits all of them. */

/** One thing to measure: a run does the work and gives operations per second (or a cost, see `unit`). */
export interface Column {
  readonly name: string;
  readonly run: () => number | Promise<number>;
}

/** A row of the table: ours first, then its peers. */
export interface Benchmark {
  readonly name: string;
  readonly unit: string;
  /** Whether a larger figure is better. */
  readonly higherIsBetter: boolean;
  /** The ratio to the first peer that is aimed at, if there is one. */
  readonly aim?: number;
  readonly columns: readonly Column[];
}

/** Figures of one column. */
export interface Figures {
  readonly name: string;
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** A measured row. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly aim: number | undefined;
  readonly columns: readonly Figures[];
  /** Ours over each peer, by medians; above 1 is better, whatever the unit. */
  readonly ratios: readonly { readonly peer: string; readonly ratio: number }[];
}

/** Runs a benchmark `rounds` times after one unmeasured round. */
export async function measure(benchmark: Benchmark, rounds: number): Promise<Measurement> {
  const samples = benchmark.columns.map(() => [] as number[]);
  for (const column of benchmark.columns) await column.run();
  for (let round = 0; round < rounds; round++) {
    for (const [index, column] of benchmark.columns.entries()) samples[index]?.push(await column.run());
  }
  const columns = benchmark.columns.map(({ name }, index) => ({ name, ...summarize(samples[index] ?? []) }));
  const ours = columns[0]?.median ?? Number.NaN;
  const ratios = columns
    .slice(1)
    .map(({ name, median }) => ({ peer: name, ratio: benchmark.higherIsBetter ? ours / median : median / ours }));
  return { name: benchmark.name, unit: benchmark.unit, aim: benchmark.aim, columns, ratios };
}

/** Median, minimum and maximum. */
export function summarize(samples: readonly number[]): Omit<Figures, "name"> {
  const sorted = samples.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return { median: median ?? Number.NaN, minimum: sorted[0] ?? Number.NaN, maximum: sorted.at(-1) ?? Number.NaN };
}

/** Operations per second of `work`, which does `operations` of them. */
export function rate(operations: number, work: () => void): number {
  const start = performance.now();
  work();
  return operations / ((performance.now() - start) / 1000);
}

/** The same for work that has to be awaited (a peer's). */
export async function rateAsync(operations: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return operations / ((performance.now() - start) / 1000);
}
