// Plays a drawn tree on a chain and in the model, and compares all that can be seen.
import { bytesToHex, outputOf, weiPerLamport } from "@trireme/core";
import { assertConserved } from "@trireme/host";
import { describeNode, describeTrace } from "./describe-tree.mts";
import { invoke, playCall } from "./contract-model.mts";
import type { TracedFrame } from "./frame-trace.mts";
import { playTopLevelCall } from "./svm-leave-model.mts";
import { isBelowRent } from "./svm-run.mts";
import { playRun } from "./svm-run-model.mts";
import { accountAt, senderSigner as signer, senderWallet as wallet } from "./tree-accounts.mts";
import type { PlayCounts } from "./tree-counts.mts";
import { checkEthereumCharge, checkGas, checkSolanaUnits } from "./tree-gas.mts";
import type { DrawnTree } from "./tree-generator.mts";
import { agree, type Plant, type Play } from "./tree-play.mts";
import { gasOf, planTree } from "./tree-plan.mts";
import type { TreeMeta, TreeNode } from "./tree-script.mts";
import { copyState, gatewayOutput, restoreState, type TreeState } from "./tree-state.mts";
import { ethereumTransaction, fitsMessage, solanaFee, treeGasPrice, type Played, type TreeWorld } from "./tree-world.mts";

/** EIP-7825. */
const mostGas = 1 << 24;

/** What playing a tree needs beside it. */
export interface PlayOptions {
  readonly counts: PlayCounts;
  /** Errors to plant into the model. */
  readonly plants?: ReadonlySet<Plant>;
}

/** Plays a tree. @throws where the chain and the model differ, wei were made or lost, or gas is not accounted for */
export function playTree(world: TreeWorld, drawn: DrawnTree, options: PlayOptions): void {
  if (!drawn.isSolana || !playSolana(world, drawn, options)) playEthereum(world, drawn, options);
  options.counts.endTree();
}

/** False for a tree that no message holds. */
function playSolana(world: TreeWorld, { root, second }: DrawnTree, options: PlayOptions): boolean {
  const both = [root, second].filter((drawn) => drawn !== undefined).map((drawn) => planTree(drawn, signer));
  const roots = [both, both.slice(0, 1)].find((some) => fitsMessage(some, signer));
  if (roots === undefined) return false;
  const message = messageOf(roots);
  const played = world.playSolana(roots, signer);
  options.counts.solanaTrees++;
  explaining(roots, played, () => {
    const play = openPlay(world, options);
    const { state } = play;
    state.balances.set(signer, (state.balances.get(signer) as bigint) - solanaFee * weiPerLamport);
    const undo = copyState(state);
    const above = { isStatic: false, isLimited: true, depth: 0, vms: new Set<string>(), isEntered: false, message };
    for (const [index, planned] of roots.entries()) {
      const traced = played.traced[index];
      if (traced === undefined) throw new Error(`expected instruction ${index} to run`);
      // Every account has the rights that the message gives it.
      const rights = planned.accounts.map(({ account }) => message.find((meta) => meta.account === account) as TreeMeta);
      const node = { ...planned, accounts: rights };
      const end = node.vm === "svm" ? playRun(play, node, above, traced) : playTopLevelCall(play, node, signer, above, traced);
      const said = end.kind === "success" ? `success ${bytesToHex(end.output)}` : "revert 0x";
      const seen = `${traced.result.kind} ${bytesToHex(outputOf(traced.result))}`;
      if (seen !== said) throw new Error(`expected ${said}, got ${seen} from instruction ${index}`);
      if (end.kind === "success") continue;
      restoreState(state, undo);
      if (played.traced.length > index + 1) throw new Error(`expected nothing to run after instruction ${index}`);
      break;
    }
    options.counts.secondInstructions += played.traced.length - 1;
    const isDone = played.traced.length === roots.length && played.traced.every(({ result }) => result.kind === "success");
    const isPoor = isDone && isBelowRent(play, play.rentBefore.keys());
    if (isPoor) restoreState(state, undo);
    if ((played.outcome.result.kind === "success") !== (isDone && !isPoor))
      throw new Error(`expected ${isPoor ? "a lack of rent" : "the instructions' own end"}`);
    compare(play, played);
    checkSolanaUnits(played);
  });
  return true;
}

/** What a message says of the accounts of its instructions: the rights of all of them, but programs that it calls are read-only. */
function messageOf(roots: readonly TreeNode[]): readonly TreeMeta[] {
  const called = roots.map(({ account }) => account);
  const metas = new Map<number, TreeMeta>();
  const named = [
    ...roots.flatMap(({ accounts }) => accounts),
    ...called.map((account) => ({ account, isSigner: false, isWritable: false })),
  ];
  for (const { account, isSigner, isWritable } of named) {
    const before = metas.get(account);
    metas.set(account, {
      account,
      isSigner: isSigner || before?.isSigner === true,
      isWritable: !called.includes(account) && (isWritable || before?.isWritable === true),
    });
  }
  return [...metas.values()];
}

function playEthereum(world: TreeWorld, { root: drawn, share }: DrawnTree, options: PlayOptions): void {
  const root = planTree(drawn, wallet);
  const needed = gasOf(root) + 2_000_000;
  const limit = Math.min(mostGas, share === undefined ? needed : Math.max(300_000, Math.floor((needed * share) / 256)));
  const transaction = ethereumTransaction(root, BigInt(limit));
  const played = world.playEthereum(transaction);
  explaining([root], played, () => {
    const play = openPlay(world, options);
    const { state } = play;
    const pay = (gas: bigint): void => void state.balances.set(wallet, (state.balances.get(wallet) as bigint) - gas * treeGasPrice);
    pay(BigInt(limit));
    const above = { isStatic: false, isLimited: limit < needed, depth: 0, vms: new Set<string>() };
    const traced = played.traced[0] as TracedFrame;
    if (root.vm === "svm") {
      options.counts.walletCalls++;
      const end = invoke(
        play,
        above,
        { op: "invoke", node: root, gas: undefined, isAmple: true, isStatic: false, propagates: false },
        traced,
      );
      agree(end.kind === "success" ? { ...end, output: gatewayOutput(end.output) } : end, traced);
    } else {
      const from = { account: wallet, sender: accountAt(wallet).address };
      playCall(play, from, { node: root, account: root.account, wei: 0n, isStatic: false }, above, traced);
    }
    pay(played.outcome.gasUsed - BigInt(limit));
    compare(play, played);
    checkEthereumCharge(played, transaction);
  });
}

function openPlay({ before }: TreeWorld, { counts, plants = new Set() }: PlayOptions): Play {
  return {
    state: copyState(before),
    counts,
    freezers: [],
    openPrograms: [],
    topLevel: { instructions: 0 },
    rentBefore: new Map(),
    returned: { program: 0, data: new Uint8Array(0) },
    plants,
    run: playRun,
  };
}

/** Tells of a failure which tree it was, and what ran. */
function explaining(roots: readonly TreeNode[], { traced }: Played, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(
      `${(error as Error).message}\n${roots.map((root) => describeNode(root)).join("\n")}\n${traced.map((frame) => describeTrace(frame)).join("\n")}`,
      { cause: error },
    );
  }
}

function compare({ state }: Play, { after, outcome, strangers, totalAfter, totalBefore, traced }: Played): void {
  // An account without lamports is gone with its data (rule 11).
  for (const account of state.counters.keys()) if ((state.balances.get(account) as bigint) < weiPerLamport) state.counters.delete(account);
  const [seen, said] = [comparable(after), comparable(state)];
  if (seen !== said) throw new Error(`expected the state\n${said}\ngot\n${seen}`);
  if (strangers.length > 0) throw new Error(`expected no changes of other accounts, got ${strangers.join()}`);
  assertConserved({ before: totalBefore, after: totalAfter, burnt: outcome.burnt });
  for (const frame of traced) checkGas(frame);
}

/** Without what is nothing: a slot that holds zero is one that was never written. */
function comparable({ balances, counters, slots, logs }: TreeState): string {
  const filled = (map: ReadonlyMap<string | number, bigint>) =>
    [...map]
      .filter(([, value]) => value !== 0n)
      .map(([key, value]) => `${key}: ${value}`)
      .toSorted();
  return JSON.stringify({ balances: filled(balances), counters: filled(counters), slots: filled(slots), logs }, undefined, 1);
}
