// Plays a drawn tree on a chain and in the model, and compares all that can be seen.
import { gasLeftOf, type Address } from "@trireme/core";
import { assertConserved } from "@trireme/host";
import { describeNode, describeTrace } from "./describe-tree.mts";
import { checkGas } from "./tree-gas.mts";
import { accountAt } from "./tree-accounts.mts";
import { PlayCounts } from "./tree-counts.mts";
import type { DrawnTree } from "./tree-generator.mts";
import { playCall, type Plant, type Play } from "./tree-model.mts";
import { gasOf, planTree } from "./tree-plan.mts";
import type { TreeNode } from "./tree-script.mts";
import { copyState, type TreeState } from "./tree-state.mts";
import { treeGasPrice, type Played, type TreeWorld } from "./tree-world.mts";

const wallet = 8;
/** EIP-7825. */
const mostGas = (1 << 24) - 1;

/** Plays a tree. @throws where the chain and the model differ, wei were made or lost, or gas is not accounted for */
export function playTree(
  world: TreeWorld,
  { root: drawn, share }: DrawnTree,
  counts: PlayCounts,
  planted: ReadonlySet<Plant> = new Set(),
): void {
  const vm = drawn.vm === "svm" ? "evm" : drawn.vm;
  const root = planTree({ ...drawn, vm }, wallet);
  const needed = gasOf(root) + 2_000_000;
  const limit = Math.min(mostGas, share === undefined ? needed : Math.max(300_000, Math.floor((needed * share) / 256)));
  const played = world.playEthereum(root, BigInt(limit));
  try {
    compare(world, root, played, { limit, isLimited: share !== undefined || limit < needed }, counts, planted);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${message}\n${describeNode(root)}\n${describeTrace(played.traced)}`, { cause: error });
  }
  counts.endTree();
}

/** Both without what is nothing: a slot that holds zero is one that was never written. */
function comparable({ balances, counters, slots, logs }: TreeState): string {
  const filled = (map: ReadonlyMap<string | number, bigint>) =>
    [...map]
      .filter(([, value]) => value !== 0n)
      .map(([key, value]) => `${key}: ${value}`)
      .toSorted();
  return JSON.stringify({ balances: filled(balances), counters: filled(counters), slots: filled(slots), logs }, undefined, 1);
}

function compare(
  world: TreeWorld,
  root: TreeNode,
  played: Played,
  { limit, isLimited }: { readonly limit: number; readonly isLimited: boolean },
  counts: PlayCounts,
  planted: ReadonlySet<Plant>,
): void {
  const { outcome, traced, totalBefore, totalAfter, strangers } = played;
  const state = copyState(world.before);
  const play: Play = { state, counts, freezers: [], openPrograms: [], returned: { program: 0, data: new Uint8Array(0) }, plants: planted };
  const sender: Address = accountAt(wallet).address;
  const pay = (gas: bigint): void => void state.balances.set(wallet, (state.balances.get(wallet) as bigint) - gas * treeGasPrice);
  pay(BigInt(limit));
  playCall(
    play,
    { account: wallet, sender },
    { node: root, account: root.account, wei: 0n, isStatic: false },
    { isStatic: false, isLimited, depth: 0, vms: new Set() },
    traced,
  );
  pay(outcome.gasUsed - BigInt(limit));
  const [seen, said] = [comparable(played.after), comparable(state)];
  if (seen !== said) throw new Error(`expected the state\n${said}\ngot\n${seen}`);
  if (strangers.length > 0) throw new Error(`expected no changes of other accounts, got ${strangers.join()}`);
  assertConserved({ before: totalBefore, after: totalAfter, burnt: outcome.burnt });
  checkGas(traced);
  if (gasLeftOf(outcome.result) !== gasLeftOf(traced.result)) throw new Error("expected the gas of the first frame in the outcome");
}
