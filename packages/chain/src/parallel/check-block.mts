// Runs one block serially and on threads, on the same ground, and says where the two differ.
import { isDeepStrictEqual } from "node:util";
import { bytesToHex, zeroHash, type Transaction } from "@trireme/core";
import {
  encodeOutcome,
  reportOf,
  type BlockPool,
  type ConflictCount,
  type GivenUp,
  type PlantedTrouble,
  type PooledRun,
} from "@trireme/scheduler";
import type { StateDiff } from "@trireme/state";
import type { BlockPlan, ExecutedBlock } from "../execution/block-plan.ts";
import { executeBlock } from "../execution/execute-block.ts";
import { executeInParallel, type ParallelGround } from "../execution/execute-in-parallel.ts";
import { createRandom } from "../execution/solana-random.mts";
import type { SerialReason } from "../observing/block-run.ts";
import type { LawWorld } from "./law-world.mts";

/** What running a block on threads came to. */
export interface ThreadRun {
  readonly executed: ExecutedBlock;
  readonly aborts: number;
  /** Threads on which transactions ran. */
  readonly workers: number;
  /** Keys that made transactions run again, in words. */
  readonly conflicts: readonly ConflictCount[];
  /** Why the block was given up before, each time: for want of memory as a rule. */
  readonly givenUp: readonly GivenUp["cause"][];
}

/** The pool gave a block up: nobody made it. */
class GaveUp extends Error {}

/** How a block is run on threads. */
export interface ThreadOptions {
  readonly planted: PlantedTrouble;
  /** Whether it begins before the hash of the block before is known. */
  readonly isOpen: boolean;
  /** Seed of wrong guesses at what each transaction depends on. */
  readonly guesses: number | undefined;
}

const mostTries = 8;

/** The meaning of the block. */
export function runSerially(world: LawWorld, plan: BlockPlan): ExecutedBlock {
  return executeBlock(plan, world.ground());
}

/** @throws GaveUp */
export async function runOnThreads(
  world: LawWorld,
  plan: BlockPlan,
  { planted, isOpen: beginsOpen, guesses }: ThreadOptions,
): Promise<ThreadRun> {
  const { pool } = world;
  let isOpen = beginsOpen;
  const givenUp: GivenUp["cause"][] = [];
  for (let tried = 0; tried < mostTries; tried++) {
    const runs: PooledRun[] = [];
    const failures: GivenUp[] = [];
    const watched: BlockPool = {
      ...pool,
      async run(block) {
        const { bytes, ...others } = planted;
        const after = guesses === undefined ? {} : { after: guessesOf(guesses, plan.transactions.length) };
        const run = await pool.run({ ...block, ...after, planted: tried > 0 || bytes === undefined ? others : { ...others, bytes } });
        if (run.kind === "ran") runs.push(run);
        else failures.push(run);
        return run;
      },
    };
    const executed = await (isOpen ? executeOpen(plan, world.ground(), watched) : executeInParallel(plan, world.ground(), watched));
    const [run] = runs;
    if (!("kind" in executed) && run !== undefined) {
      const report = reportOf({ block: plan.context.number, mode: "parallel", reason: "", record: run.record });
      const workers = new Set(report.transactions.flatMap(({ runs: each }) => each.map(({ worker }) => worker)));
      return { executed, aborts: run.aborts, workers: workers.size, conflicts: report.conflicts, givenUp };
    }
    const [failure] = failures;
    if (failure !== undefined) givenUp.push(failure.cause);
    // Somebody asked for the parent's hash in a way that is not foreseen: the block begins when it is known.
    if (failure?.cause === "parent") isOpen = false;
    // Else there is more memory for the next try, or threads that a busy machine was slow to start.
    else if (failure?.cause !== "memory" && failure?.cause !== "start") throw new GaveUp(`the pool gave the block up: ${failure?.reason}`);
  }
  throw new GaveUp(`the pool gave the block up ${mostTries} times`);
}

/** For each transaction some lower one, or none. */
function guessesOf(seed: number, transactions: number): Int32Array {
  const random = createRandom(seed);
  return Int32Array.from({ length: transactions }, (_, index) => random.below(index + 1) - 1);
}

/** The threads are given another hash of the block before until they are at work. */
function executeOpen(plan: BlockPlan, ground: ParallelGround, pool: BlockPool): Promise<ExecutedBlock | SerialReason> {
  const blockHashes = ground.blockHashes.slice();
  blockHashes.fill(0xee, 0, 32);
  const open = { ...ground, blockHashes, openParent: () => plan.parentHash };
  return executeInParallel({ ...plan, parentHash: zeroHash }, open, pool);
}

/** The first difference between two runs of one block. */
export function differenceBetween(serial: ExecutedBlock, threads: ExecutedBlock): string | undefined {
  const places = new Map<Transaction, number>();
  for (const { transaction } of serial.included) places.set(transaction, places.size);
  const [left, right] = [serial.included, threads.included];
  for (const [index, { transaction, result }] of left.entries()) {
    const other = right[index];
    if (other?.transaction !== transaction) return `included ${index}: another transaction`;
    if (!isDeepStrictEqual(result, other.result)) return `included ${index}: serially\n${show(result)}\non threads\n${show(other.result)}`;
    const encoded = [result, other.result].map((each) => encodeOutcome(each as never)) as [Uint8Array, Uint8Array];
    if (Buffer.compare(...encoded) !== 0) return `included ${index}: equal, but not in bytes`;
  }
  if (left.length !== right.length) return `included: serially ${left.length}, on threads ${right.length}`;
  for (const [index, { transaction, error }] of serial.skipped.entries()) {
    const other = threads.skipped[index];
    if (other?.transaction !== transaction || !isDeepStrictEqual(error, other.error))
      return `skipped ${index}: serially ${show(error)}, on threads ${show(other?.error)}`;
  }
  if (serial.skipped.length !== threads.skipped.length)
    return `skipped: serially ${serial.skipped.length}, on threads ${threads.skipped.length}`;
  if (!isDeepStrictEqual(serial.requests, threads.requests)) return `requests: ${show(serial.requests)}, ${show(threads.requests)}`;
  return differenceOf("diff", serial.diff, threads.diff) ?? differenceOf("undo", serial.undo, threads.undo);
}

function differenceOf(name: string, serial: StateDiff, threads: StateDiff): string | undefined {
  const lines = (diff: StateDiff): string[] =>
    diff.entries.map(({ key, value }) => `${bytesToHex(key)} ${value === undefined ? "removed" : bytesToHex(value)}`);
  const [left, right] = [lines(serial), lines(threads)];
  if (isDeepStrictEqual(left, right)) return undefined;
  const only = (all: readonly string[], others: readonly string[]): string => all.filter((line) => !others.includes(line)).join("\n  ");
  return `${name}: only serially\n  ${only(left, right)}\nonly on threads\n  ${only(right, left)}`;
}

function show(value: unknown): string {
  return JSON.stringify(
    value,
    (_, each: unknown) => (each instanceof Uint8Array ? bytesToHex(each) : typeof each === "bigint" ? String(each) : each),
    1,
  );
}
