// Plays random trees until one fails: for the test and for `npx pnpm fuzz cross-vm`.
import * as fc from "fast-check";
import { playTree, type PlayOptions } from "./play-tree.mts";
import { shrinkTree } from "./shrink-tree.mts";
import type { TreeContracts } from "./tree-contracts.mts";
import { tree, treeRates, type DrawnTree } from "./tree-generator.mts";
import { createTreeWorld, type TreeWorld } from "./tree-world.mts";

/** Chains with the contracts, one for every rate of compute units to gas. */
export function createTreeWorlds(contracts: TreeContracts): readonly TreeWorld[] {
  return treeRates.map((rate) => createTreeWorld(contracts, rate));
}

/** Plays `runs` trees of a seed. Gives a report of the first that fails, made small. */
export function checkTrees(
  worlds: readonly TreeWorld[],
  { runs, seed }: { readonly runs: number; readonly seed: number },
  options: PlayOptions,
): string | undefined {
  const play = (drawn: DrawnTree, how: PlayOptions): void => playTree(worlds[drawn.rate] as TreeWorld, drawn, how);
  const parameters = { numRuns: runs, seed, endOnFailure: true };
  const { counterexample, numRuns } = fc.check(
    fc.property(tree, (drawn) => play(drawn, options)),
    parameters,
  );
  if (counterexample === null) return undefined;
  const smallest = shrinkTree(counterexample[0], (drawn) => failureOf(() => play(drawn, options)) !== undefined);
  const { message } = failureOf(() => play(smallest, options)) as Error;
  return `tree ${numRuns} of seed ${seed} fails: ${message}`;
}

function failureOf(action: () => void): Error | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
