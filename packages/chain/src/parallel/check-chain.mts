// Chains of random blocks, each run serially and on threads; a block that differs is made small.
import { setImmediate } from "node:timers/promises";
import * as fc from "fast-check";
import { bytesToHex, type Transaction } from "@trireme/core";
import type { PlantedFaults } from "@trireme/scheduler";
import { contextOf } from "../block/block-seed.ts";
import { tree, type DrawnTree } from "../cross-vm/tree-generator.mts";
import type { BlockPlan, ExecutedBlock } from "../execution/block-plan.ts";
import { coinbases } from "./law-accounts.mts";
import { buildTransactions } from "./law-builder.mts";
import { differenceBetween, runOnThreads, runSerially } from "./check-block.mts";
import type { LawContracts } from "./law-contracts.mts";
import type { LawCounts } from "./law-counts.mts";
import { mutationOf } from "./law-mutations.mts";
import { drawBlock, type Act, type DrawnBlock } from "./law-draw.mts";
import { kinds, weights } from "./law-kinds.mts";
import type { LawWorld } from "./law-world.mts";

/** What is checked. */
export interface CheckedChain {
  readonly seed: number;
  readonly blocks: number;
  readonly faults?: PlantedFaults;
  /** The first block that is run on threads: the ones before are run serially, to get there. */
  readonly from?: number;
  /** How often each block is run on threads. */
  readonly times?: number;
  /** Whether a block that differs is told as it was drawn. */
  readonly isAsDrawn?: boolean;
}

/** A block that was not what running it serially gives. */
export interface BrokenLaw {
  readonly report: string;
  readonly block: number;
}

/** Trees that the blocks of a chain choose among. */
const treesOfChain = 60;
/** Runs of a smaller block before it is taken to be innocent: threads differ from time to time. */
const triesToShrink = 12;

/** Runs the blocks of a seed after the setup, and forgets them. Gives the first that breaks the law. */
export async function checkChain(
  world: LawWorld,
  contracts: LawContracts,
  counts: LawCounts,
  { seed, blocks, faults, from = 1, times = 1, isAsDrawn = false }: CheckedChain,
): Promise<BrokenLaw | undefined> {
  const trees = fc.sample(tree, { numRuns: treesOfChain, seed });
  const past: Transaction[] = [];
  await world.rewind();
  for (let number = 1; number <= blocks; number++) {
    const drawn = drawBlock(seed, number, weights);
    const made = planBlock(world, contracts, trees, past, drawn);
    const serially = once(() => runSerially(world, made.plan));
    const runs = number < from ? 0 : times;
    for (let time = 0; time < runs; time++) {
      const found = await tryBlock(world, made, serially, { ...drawn, delays: delaysOf(drawn, time) }, faults, counts);
      if (found === undefined) continue;
      const check = (acts: readonly Act[]): Promise<string | undefined> =>
        findDifference(world, contracts, trees, past, { ...drawn, acts }, faults);
      const small = isAsDrawn ? drawn.acts : await shrinkActs(drawn.acts, async (acts) => (await check(acts)) !== undefined);
      const report = [
        `block ${number} of seed ${seed} is not what running it serially gives: ${found}`,
        `drawn as ${show({ ...drawn, acts: drawn.acts.length })}`,
        `${small.length} transactions suffice: ${show(small)}`,
        `again: npx pnpm fuzz scheduler --seed ${seed} --blocks ${number} --from ${number} --times 100 --hardfork ${world.definition.hardfork}`,
      ].join("\n");
      return { report, block: number };
    }
    const serial = serially();
    counts.addBlock(drawn, serial, made.plan.transactions);
    await world.advance(made.seed, serial, drawn.isHeld);
    past.push(...serial.included.map(({ transaction }) => transaction));
    past.splice(0, past.length - 40);
  }
  return undefined;
}

interface MadeBlock {
  readonly seed: ReturnType<LawWorld["nextSeed"]>;
  readonly plan: BlockPlan;
}

function planBlock(
  world: LawWorld,
  contracts: LawContracts,
  trees: readonly DrawnTree[],
  past: readonly Transaction[],
  { acts, contention, coinbase: which, gasLimit, baseFeePerGas, mutations }: DrawnBlock,
): MadeBlock {
  const coinbase = coinbases[which] ?? world.definition.fees.coinbase;
  const seed = world.nextSeed({ coinbase, gasLimit, baseFeePerGas });
  const transactions = buildTransactions(acts, { world, contracts, trees, past, contention, coinbase, builds: kinds });
  const plan: BlockPlan = {
    context: contextOf(world.definition, seed),
    parentHash: seed.parentHash,
    parentBeaconBlockRoot: seed.parentBeaconBlockRoot,
    mutations: mutations.map((each) => mutationOf(each, contracts)),
    transactions,
  };
  return { seed, plan };
}

/** Runs a block both ways. Gives the difference. */
async function tryBlock(
  world: LawWorld,
  { plan, seed }: MadeBlock,
  serially: () => ExecutedBlock,
  { workers, delays, contention, isOpen, bytes, guesses }: DrawnBlock,
  faults: PlantedFaults | undefined,
  counts?: LawCounts,
): Promise<string | undefined> {
  try {
    const planted = {
      workers,
      ...(bytes === undefined ? {} : { bytes }),
      ...(delays === undefined ? {} : { delays }),
      ...(faults === undefined ? {} : { faults }),
    };
    const running = runOnThreads(world, plan, { planted, isOpen, guesses });
    // The threads have the block by then: both are at it at once.
    await setImmediate();
    serially();
    const run = await running;
    counts?.addRun(plan.transactions.length, contention, run);
    const serial = serially();
    const difference = differenceBetween(serial, run.executed);
    if (difference !== undefined) return difference;
    // The ledger builds on its head only.
    if (world.isHeld) return undefined;
    // The serial one last: its trie is what is committed next.
    const [two, one] = [run.executed, serial].map((executed) => bytesToHex(world.ledger.assemble(seed, executed).block.hash));
    return one === two ? undefined : `block hash: serially ${one}, on threads ${two}`;
  } catch (error) {
    return `on threads only: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

async function findDifference(
  world: LawWorld,
  contracts: LawContracts,
  trees: readonly DrawnTree[],
  past: readonly Transaction[],
  drawn: DrawnBlock,
  faults: PlantedFaults | undefined,
): Promise<string | undefined> {
  const made = planBlock(world, contracts, trees, past, drawn);
  const serially = once(() => runSerially(world, made.plan));
  for (let time = 0; time < triesToShrink; time++) {
    const difference = await tryBlock(world, made, serially, { ...drawn, delays: delaysOf(drawn, time) }, faults);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Those of the block, then others. */
function delaysOf({ delays }: DrawnBlock, time: number): DrawnBlock["delays"] {
  if (time === 0) return delays;
  return time % 3 === 0 ? undefined : { seed: Math.imul(time, 0x9e37_79b1), microseconds: time % 2 === 0 ? 300 : 2_000, oneIn: 20 };
}

/** Leaves out what the failure does not need: halves, quarters, and at last single ones. */
async function shrinkActs(acts: readonly Act[], fails: (acts: readonly Act[]) => Promise<boolean>): Promise<readonly Act[]> {
  let best = acts;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < best.length && best.length > 1;) {
      const rest = [...best.slice(0, start), ...best.slice(start + size)];
      if (rest.length > 0 && (await fails(rest))) best = rest;
      else start += size;
    }
  }
  return best;
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each));
}
