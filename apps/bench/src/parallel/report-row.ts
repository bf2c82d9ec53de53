/** Rows of the parallel benchmark for people: medians, ranges, speed-ups, and what was aimed at. */
import { summarize } from "../measure.ts";
import type { MeasuredColumn, MeasuredRow, Sample } from "./measure-row.ts";

/** The part of the graph's ideal that is aimed at where there are more than two workers, and up to how many. */
const idealPart = 0.8;
const mostJudged = 8;
/** No run is to be slower than that part of the serial one's speed. */
const leastSpeedUp = 0.95;

/** Prints a row. `cores` is what the machine has for the process. */
export function printRow({ name, columns }: MeasuredRow, cores: number): void {
  console.log(`\n${name}`);
  console.log(`${"".padEnd(24)}${"us/transaction".padStart(15)}${"".padEnd(22)}processor  speed-up   ideal  aborts/block`);
  const cost = median(columns[0] as MeasuredColumn, "clock");
  for (const column of columns) {
    const clock = summarize(column.samples.map((sample) => sample.clock));
    const range = `[${clock.minimum.toFixed(1)} .. ${clock.maximum.toFixed(1)}]`;
    const times = `${clock.median.toFixed(1).padStart(15)}  ${range.padEnd(20)}${median(column, "processor").toFixed(1).padStart(9)}`;
    console.log(`  ${nameOf(column).padEnd(22)}${times}${column.runner === "serial" ? "" : comparison(column, cost, cores)}`);
  }
}

function nameOf({ runner, workers }: MeasuredColumn): string {
  if (runner === "serial") return "serial";
  const threads = `${workers} ${workers === 1 ? "worker" : "workers"}`;
  return runner === "pool" ? threads : `${threads}, chain's way`;
}

function comparison(column: MeasuredColumn, cost: number, cores: number): string {
  const speedUp = cost / median(column, "clock");
  const figures = `${`${speedUp.toFixed(2)}x`.padStart(10)}${`${column.ideal.toFixed(2)}x`.padStart(8)}`;
  return `${figures}${median(column, "aborts").toFixed(1).padStart(14)}  ${verdict(column, speedUp, cost, cores)}`;
}

/** What a column was to reach. What the graph does not allow is not asked for. */
function verdict({ workers, ideal }: MeasuredColumn, speedUp: number, cost: number, cores: number): string {
  if (workers > cores) return `not judged: ${cores} cores`;
  if (workers > mostJudged) return "";
  const asked = workers === 1 ? leastSpeedUp : workers === 2 ? aimOfTwo(cost) : Math.max(leastSpeedUp, idealPart * ideal);
  const aim = ideal < asked ? leastSpeedUp : asked;
  const why = aim === asked ? "" : ` (${asked}x is beyond the graph)`;
  return `aim ${aim.toFixed(2)}x${why}: ${speedUp >= aim ? "reached" : "NOT REACHED"}`;
}

function aimOfTwo(cost: number): number {
  if (cost >= 10) return 1.8;
  return cost >= 2 ? 1.4 : leastSpeedUp;
}

function median({ samples }: MeasuredColumn, field: keyof Sample): number {
  return summarize(samples.map((sample) => sample[field])).median;
}
