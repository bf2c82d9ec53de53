/**
 * Serially or in parallel: what the blocks before took decides. Nothing of it can change what a block is.
 *
 * Each class of transactions has two costs, learnt from the recorded runs of each way. The way that is expected to be quicker
 * is taken; the other one is measured again every now and then, the more rarely the slower it was.
 */
import type { Transaction } from "@trireme/core";
import type { RunRecord } from "../events/run-record.ts";
import { timesOf } from "../events/run-times.ts";
import type { ConflictHints } from "./conflict-hints.ts";
import { createCostTable, type CostTable } from "./cost-table.ts";
import { classesOf, type TransactionClasses } from "./transaction-classes.ts";

/** Why a block is run serially: too little to do for threads, found to be slower, one chain of dependencies, threads not there yet. */
export type ChoiceCause = "small" | "slower" | "contention" | "starting";

/** How a block is to be run. */
export interface Choice {
  readonly mode: "serial" | "parallel";
  /** Undefined for parallel. */
  readonly cause: ChoiceCause | undefined;
  /** For people. */
  readonly reason: string;
  /** For each transaction the one that it had better run after, -1 for none. */
  readonly after: Int32Array;
  /** Is told how the block ran, be it the other way. */
  learn(mode: "serial" | "parallel", record: RunRecord): void;
}

/** @see createExecutionChoice */
export interface ExecutionChoice {
  choose(transactions: readonly Transaction[]): Choice;
}

/** Microseconds that a transaction is taken to cost of which nothing is known. */
const unknownCost = 50;
/** Share of the threads' time that is expected to count, and microseconds that they add, until it is measured. */
const expected = { share: 0.85, added: 5 } as const;
/** Microseconds that handing a block out and back takes, until it is measured. */
const firstStart = 200;
/** What a new measurement of that counts. */
const startWeight = 0.1;
/** Blocks after which the other way is tried again at most, when it was measured in so many: the first ones find cold code. */
function soon(measured: number): number {
  return 4 ** Math.max(1, measured - 1);
}

/** Blocks after which the other way is measured again, when it was so many times slower. */
function interval(ratio: number): number {
  return ratio < 1.2 ? 32 : ratio < 1.5 ? 64 : ratio < 2.5 ? 256 : 1024;
}

/** What a choice is made with. */
export interface ExecutionChoiceOptions {
  readonly workers: number;
  readonly hints: Pick<ConflictHints, "after">;
  /** Whether every block is to run in parallel that has more than one transaction. */
  readonly always?: boolean;
}

/** Makes the choice of a pool with so many threads. */
export function createExecutionChoice({ workers, hints, always = false }: ExecutionChoiceOptions): ExecutionChoice {
  const costs = { serial: createCostTable(), parallel: createCostTable() } as const;
  let start = firstStart;
  let block = 0;

  const serialTime = (name: string): number => {
    const known = costs.serial.get(name);
    if (known !== undefined) return known.time;
    const other = costs.parallel.get(name);
    return other === undefined ? unknownCost : Math.max(1, other.time * workers * expected.share - expected.added);
  };
  const parallelTime = (name: string): number =>
    costs.parallel.get(name)?.time ?? (serialTime(name) + expected.added) / (workers * expected.share);

  return {
    choose(transactions) {
      block++;
      const after = hints.after(transactions);
      const classes = classesOf(transactions);
      const serial = total(classes, serialTime);
      const chain = longestChain(after, classes, serialTime);
      const parallel = start + Math.max(total(classes, parallelTime), chain);
      const estimate = `expected ${inWords(serial)} serially, ${inWords(parallel)} in parallel`;
      const learn: Choice["learn"] = (mode, record) => {
        const times = timesOf(record);
        if (mode === "parallel") start += (times.start - start) * startWeight;
        learnCosts(costs[mode], classes, times, mode === "parallel" ? Math.max(0, record.wallTime - times.start) : record.wallTime, block);
      };
      if (always && transactions.length > 1) return { mode: "parallel", cause: undefined, reason: "always in parallel", after, learn };
      const quicker = workers > 1 && parallel < serial ? "parallel" : "serial";
      const other = quicker === "parallel" ? "serial" : "parallel";
      const ratio = quicker === "parallel" ? serial / parallel : parallel / serial;
      const name = heaviest(classes, serialTime);
      const known = costs[other].get(name);
      const isKnown = (costs[quicker].get(name)?.blocks ?? 0) >= 2;
      // A chain, or too little to do, is no matter of measuring.
      const isPlain = workers < 2 || (other === "parallel" && (start > serial || chain * 1.1 > serial));
      const isDue = block - (known?.last ?? 0) >= Math.min(interval(ratio), soon(known?.blocks ?? 0));
      const isTried = !isPlain && isKnown && isDue && transactions.length > 1;
      const mode = isTried ? other : quicker;
      const cause = mode === "parallel" ? undefined : start > serial / 2 ? "small" : chain * 1.2 > serial ? "contention" : "slower";
      const reason = workers < 2 ? "one worker thread" : isTried ? `measured again; ${estimate}` : estimate;
      return { mode, cause, reason, after, learn };
    },
  };
}

function total({ names, counts }: TransactionClasses, timeOf: (name: string) => number): number {
  return names.reduce((sum, name, place) => sum + (counts[place] as number) * timeOf(name), 0);
}

/** The class in which most of the time goes. */
function heaviest(classes: TransactionClasses, timeOf: (name: string) => number): string {
  const times = classes.names.map((name, place) => (classes.counts[place] as number) * timeOf(name));
  return classes.names[times.indexOf(Math.max(...times))] ?? "";
}

/** Time of the longest chain of transactions that each run after the one before. */
function longestChain(after: Int32Array, { names, of }: TransactionClasses, timeOf: (name: string) => number): number {
  const times = names.map(timeOf);
  const ends = new Float64Array(after.length);
  let longest = 0;
  for (let index = 0; index < after.length; index++) {
    const before = after[index] as number;
    const end = (before < 0 ? 0 : (ends[before] as number)) + (times[of[index] as number] as number);
    ends[index] = end;
    if (end > longest) longest = end;
  }
  return longest;
}

/** Deals the time of a block out to its classes as their transactions took it. */
function learnCosts(
  table: CostTable,
  { names, counts, of }: TransactionClasses,
  times: ReturnType<typeof timesOf>,
  wallTime: number,
  block: number,
): void {
  if (times.sum === 0) return;
  const sums = new Float64Array(names.length);
  for (let index = 0; index < of.length; index++) (sums[of[index] as number] as number) += times.of[index] as number;
  const share = wallTime / times.sum;
  for (const [place, name] of names.entries()) table.learn(name, ((sums[place] as number) * share) / (counts[place] as number), block);
}

function inWords(microseconds: number): string {
  return `${(microseconds / 1000).toFixed(2)} ms`;
}
