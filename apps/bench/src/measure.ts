/** Interleaved measurement: every column runs once per round, so that a noisy minute hits all of them. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** One thing to measure: a run does the work for so many milliseconds or once, and gives operations per second (or a cost, see `unit`). */
export interface Column {
  readonly name: string;
  readonly run: (milliseconds: number) => number | Promise<number>;
}

/** A row of the table: ours first, then its peers. */
export interface Benchmark {
  readonly name: string;
  readonly unit: string;
  /** Whether a larger figure is better. */
  readonly higherIsBetter: boolean;
  /** The ratio to the first peer that is aimed at, if there is one. */
  readonly aim?: number;
  /** One run is so long that it needs no unmeasured one before it. */
  readonly isLong?: boolean;
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

/** Runs a benchmark `rounds` times after one unmeasured round, in which every column is compiled. */
export async function measure(benchmark: Benchmark, rounds: number): Promise<Measurement> {
  const samples = benchmark.columns.map(() => [] as number[]);
  if (benchmark.isLong !== true) for (const column of benchmark.columns) await column.run(WARM_UP_MILLISECONDS);
  for (let round = 0; round < rounds; round++) {
    for (const [index, column] of benchmark.columns.entries()) samples[index]?.push(await column.run(SAMPLE_MILLISECONDS));
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

/** Every column works so long before the first sample: on a busy machine V8's compilers come late. */
const WARM_UP_MILLISECONDS = 1500;
/** A sample lasts at least so long: shorter ones measure the machine's other work. */
const SAMPLE_MILLISECONDS = 300;

// What a set-up leaves behind is collected before the clock starts: it would be collected at the contestant's expense.
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/**
 * Operations per second of `work`, which does `operations` of them on what `prepare` made. Runs on fresh preparations
 * for at least `milliseconds`; preparing is not measured.
 */
export async function rate<T>(
  milliseconds: number,
  operations: number,
  prepare: () => T | Promise<T>,
  work: (prepared: T) => void | Promise<void>,
): Promise<number> {
  let elapsed = 0;
  let done = 0;
  do {
    const prepared = await prepare();
    if (done === 0) collectGarbage();
    const start = performance.now();
    // What works at once is not made to wait for a promise.
    const pending = work(prepared);
    if (pending !== undefined) await pending;
    elapsed += performance.now() - start;
    done += operations;
  } while (elapsed < milliseconds);
  return done / (elapsed / 1000);
}
