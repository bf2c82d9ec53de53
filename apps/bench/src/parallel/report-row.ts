/** Rows of the parallel benchmark for people: medians, ranges, speed-ups, and what was aimed at. */
import { summarize } from "../measure.ts";
import type { JudgedColumn, JudgedRow } from "./ideal-columns.ts";
import type { MeasuredColumn, MeasuredRow, Sample } from "./measure-row.ts";

/** The part of the graph's ideal that is aimed at where there are more than two workers, and up to how many. */
const idealPart = 0.8;
const mostJudged = 8;
/** No chain is to be slower than that part of the serial run's speed. */
const leastSpeedUp = 0.95;

/** What became of an aim: the graph may not allow it. */
type Verdict = "reached" | "missed" | "beyond" | "none";

interface Judged {
  readonly speedUp: number;
  readonly aim: number;
  readonly verdict: Verdict;
}

/** Prints a row. `cores` is what the machine has for the process; 0 where nothing is to be judged. */
export function printRow({ name, columns }: JudgedRow, cores: number): void {
  console.log(`\n${name}`);
  console.log(`${"".padEnd(24)}${"us/transaction".padStart(15)}${"".padEnd(22)}processor  speed-up   ideal  aborts/block`);
  const cost = median(columns[0] as JudgedColumn, "clock");
  for (const column of columns) {
    const clock = summarize(column.samples.map((sample) => sample.clock));
    const range = `[${clock.minimum.toFixed(1)} .. ${clock.maximum.toFixed(1)}]`;
    const times = `${clock.median.toFixed(1).padStart(15)}  ${range.padEnd(20)}${median(column, "processor").toFixed(1).padStart(9)}`;
    console.log(`  ${nameOf(column).padEnd(22)}${times}${column.runner === "serial" ? "" : comparison(column, cost, cores)}`);
  }
}

/** Says that a row was measured: it is printed when its ideals are known. */
export function printProgress({ name, columns }: MeasuredRow): void {
  const times = columns.map((column) => `${nameOf(column)} ${median(column, "clock").toFixed(1)}`);
  console.log(`measured: ${name}: ${times.join(", ")} us`);
}

/** Prints how many of the chain's columns reached what they were to reach, and the slowest of them. */
export function printSummary(rows: readonly JudgedRow[], cores: number): void {
  const judged = rows.flatMap(({ name, columns }) => {
    const cost = median(columns[0] as JudgedColumn, "clock");
    const chains = columns.filter(({ runner, workers }) => runner === "chain" && workers <= cores);
    return chains.map((column) => ({ name: `${name}, ${nameOf(column)}`, ...judge(column, cost, cores) }));
  });
  const slowest = judged.toSorted((left, right) => left.speedUp - right.speedUp)[0];
  if (slowest === undefined) return;
  const count = (verdict: Verdict): number => judged.filter((each) => each.verdict === verdict).length;
  console.log(`\naims as the chain decides: ${count("reached")} reached, ${count("missed")} not, ${count("beyond")} beyond the graph`);
  console.log(`the slowest against serial: ${slowest.speedUp.toFixed(2)}x (${slowest.name}); never under ${leastSpeedUp}x is aimed at`);
}

function nameOf({ runner, workers }: MeasuredColumn): string {
  if (runner === "serial") return "serial";
  const threads = `${workers} ${workers === 1 ? "worker" : "workers"}`;
  return runner === "pool" ? `${threads}, always` : `${threads}, as chosen`;
}

function comparison(column: JudgedColumn, cost: number, cores: number): string {
  const judged = judge(column, cost, cores);
  const figures = `${`${judged.speedUp.toFixed(2)}x`.padStart(10)}${`${column.ideal.toFixed(2)}x`.padStart(8)}`;
  return `${figures}${median(column, "aborts").toFixed(1).padStart(14)}  ${remark(column, judged, cost, cores)}`;
}

/** Aims are those of the chain's columns; the others show what it has to choose from. */
function remark(column: JudgedColumn, { speedUp, aim, verdict }: Judged, cost: number, cores: number): string {
  if (cores === 0) return "";
  if (column.workers > cores) return `not judged: ${cores} cores`;
  if (column.runner === "pool") return column.workers === 1 ? `overhead ${overhead(column, cost).toFixed(1)} us` : "";
  const share = `${Math.round(100 * median(column, "onThreads"))} % of the blocks on threads`;
  if (verdict === "none") return share;
  const floor = speedUp < leastSpeedUp ? `; under ${leastSpeedUp}x` : "";
  const words = { reached: "reached", missed: "NOT REACHED", beyond: "beyond the graph" } as const;
  return `${share}; aim ${aim.toFixed(2)}x: ${words[verdict]}${floor}`;
}

/** What threads add to a transaction that runs no faster for them. */
function overhead(column: MeasuredColumn, cost: number): number {
  return median(column, "clock") - cost;
}

function judge(column: JudgedColumn, cost: number, cores: number): Judged {
  const { workers, ideal } = column;
  const speedUp = cost / median(column, "clock");
  const aim = workers === 2 ? aimOfTwo(cost) : idealPart * ideal;
  if (workers > cores || workers > mostJudged || column.runner !== "chain") return { speedUp, aim, verdict: "none" };
  return { speedUp, aim, verdict: speedUp >= aim ? "reached" : ideal < aim ? "beyond" : "missed" };
}

function aimOfTwo(cost: number): number {
  if (cost >= 10) return 1.8;
  return cost >= 2 ? 1.4 : leastSpeedUp;
}

function median({ samples }: MeasuredColumn, field: keyof Sample): number {
  return summarize(samples.map((sample) => sample[field])).median;
}
