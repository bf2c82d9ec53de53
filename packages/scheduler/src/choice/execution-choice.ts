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
  /** For each transaction the one that it had better run after, -1 for none; undefined where nobody has looked. */
  readonly after: Int32Array | undefined;
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
/** In the place of a class where there is none. */
const rest = -1;
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

  const serialTime = (name: number): number => {
    const known = costs.serial.get(name);
    if (known !== undefined) return known.time;
    const other = costs.parallel.get(name);
    return other === undefined ? unknownCost : Math.max(1, other.time * workers * expected.share - expected.added);
  };
  const parallelTime = (name: number): number =>
    costs.parallel.get(name)?.time ?? (serialTime(name) + expected.added) / (workers * expected.share);

  return {
    choose(transactions) {
      block++;
      const classes = classesOf(transactions);
      const learn: Choice["learn"] = (mode, record) => {
        const [name, another] = classes.names;
        // All of one kind: what each of them took does not matter.
        if (mode === "serial" && name !== undefined && another === undefined)
          return costs.serial.learn(name, record.wallTime / transactions.length, block);
        const times = timesOf(record);
        if (mode === "parallel") start += (times.start - start) * startWeight;
        learnCosts(costs[mode], classes, times, mode === "parallel" ? Math.max(0, record.wallTime - times.start) : record.wallTime, block);
      };
      if (workers < 2) return { mode: "serial", cause: "slower", reason: "one worker", after: undefined, learn };
      const inParallel = (reason: string, after?: Int32Array): Choice => ({ mode: "parallel", cause: undefined, reason, after, learn });
      if (always && transactions.length > 1) return inParallel("always in parallel");
      const serial = total(classes, serialTime);
      const sum = total(classes, parallelTime);
      const name = heaviest(classes, serialTime);
      const isDue = (way: "serial" | "parallel", ratio: number): boolean => {
        const [known, other] = [costs[way].get(name), costs[way === "serial" ? "parallel" : "serial"].get(name)];
        if ((other?.blocks ?? 0) < 2 || transactions.length < 2) return false;
        return block - (known?.last ?? 0) >= Math.min(interval(ratio), soon(known?.blocks ?? 0));
      };
      const inWords = (parallel: number): string => `expected ${milliseconds(serial)} serially, ${milliseconds(parallel)} in parallel`;
      const serially = (cause: ChoiceCause, reason: string): Choice => ({ mode: "serial", cause, reason, after: undefined, learn });
      const cheapest = start + sum;
      const isSmall = start > serial / 2;
      // Plain transfers get no further: hints would cost a tenth of what they take.
      const isTried = cheapest >= serial && start < serial && isDue("parallel", cheapest / serial);
      if (cheapest >= serial && !isTried) return serially(isSmall ? "small" : "slower", inWords(cheapest));
      const after = hints.after(transactions);
      const chain = longestChain(after, classes, serialTime);
      const parallel = start + Math.max(sum, chain);
      const cause = isSmall ? "small" : chain * 1.2 > serial ? "contention" : "slower";
      // A chain is no matter of measuring.
      if (isTried && chain * 1.1 < serial) return inParallel(`measured again; ${inWords(parallel)}`, after);
      if (parallel >= serial) return serially(cause, inWords(parallel));
      if (isDue("serial", serial / parallel)) return serially(cause, `measured again; ${inWords(parallel)}`);
      return inParallel(inWords(parallel), after);
    },
  };
}

function total({ names, counts }: TransactionClasses, timeOf: (name: number) => number): number {
  return names.reduce((sum, name, place) => sum + (counts[place] as number) * timeOf(name), 0);
}

/** The class in which most of the time goes. */
function heaviest(classes: TransactionClasses, timeOf: (name: number) => number): number {
  const times = classes.names.map((name, place) => (classes.counts[place] as number) * timeOf(name));
  return classes.names[times.indexOf(Math.max(...times))] ?? rest;
}

/** Time of the longest chain of transactions that each run after the one before. */
function longestChain(after: Int32Array, { names, of }: TransactionClasses, timeOf: (name: number) => number): number {
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

function milliseconds(microseconds: number): string {
  return `${(microseconds / 1000).toFixed(2)} ms`;
}
