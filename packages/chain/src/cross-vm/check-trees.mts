// Plays random trees until one fails: for the test and for `npx pnpm fuzz cross-vm`.
import * as fc from "fast-check";
import { playTree, type PlayOptions } from "./play-tree.mts";
import { shrinkTree } from "./shrink-tree.mts";
import type { TreeContracts } from "./tree-contracts.mts";
import { PlayCounts } from "./tree-counts.mts";
import { tree, treeRates, type DrawnTree } from "./tree-generator.mts";
import { createTreeWorld, type TreeWorld } from "./tree-world.mts";

/** Chains with the contracts, one for every rate of compute units to gas. */
export function createTreeWorlds(contracts: TreeContracts): readonly TreeWorld[] {
  return treeRates.map((rate) => createTreeWorld(contracts, rate));
}

/** What is played. */
export interface CheckedTrees {
  readonly runs: number;
  readonly seed: number;
  /** Whether a tree that fails is told as it was drawn, for its failure alone matters. */
  readonly isAsDrawn?: boolean;
}

/** A tree that failed. */
export interface FailedTree {
  /** The tree, what ran, and what was expected. */
  readonly report: string;
  readonly tree: DrawnTree;
}

/** Plays trees of a seed. Gives the first that fails, made small. */
export function checkTrees(
  worlds: readonly TreeWorld[],
  { runs, seed, isAsDrawn = false }: CheckedTrees,
  options: PlayOptions,
): FailedTree | undefined {
  const play = (drawn: DrawnTree, counts: PlayCounts): void => playTree(worlds[drawn.rate] as TreeWorld, drawn, { ...options, counts });
  const parameters = { numRuns: runs, seed, endOnFailure: true };
  const { counterexample, numRuns } = fc.check(
    fc.property(tree, (drawn) => play(drawn, options.counts)),
    parameters,
  );
  if (counterexample === null) return undefined;
  const failure = (drawn: DrawnTree): Error | undefined => failureOf(() => play(drawn, new PlayCounts()));
  const smallest = isAsDrawn ? counterexample[0] : shrinkTree(counterexample[0], (drawn) => failure(drawn) !== undefined);
  return { report: `tree ${numRuns} of seed ${seed} fails: ${failure(smallest)?.message ?? ""}`, tree: smallest };
}

function failureOf(action: () => void): Error | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
