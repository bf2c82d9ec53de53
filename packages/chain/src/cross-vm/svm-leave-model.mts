// Calls out of the SVM in the model: who speaks, what is frozen, what the program is told.
import { concatBytes, emptyBytes, isTaggedPubkey, toAddress, type Address } from "@trireme/core";
import { findProgramAddress } from "@trireme/svm";
import { playCall } from "./contract-model.mts";
import type { TracedFrame } from "./frame-trace.mts";
import {
  beginInstruction,
  failureOf,
  giveBack,
  isNative,
  isShared,
  load,
  maxReturned,
  metasOf,
  outOfBudget,
  rememberRent,
  RunFault,
  takeOver,
  writeBack,
  type Loaded,
  type Run,
  type SvmFrame,
} from "./svm-run.mts";
import { accountAt, callGateway } from "./tree-accounts.mts";
import { checkLimit } from "./tree-gas.mts";
import { describe, type End, type Play, type RunAbove, type RunEnd } from "./tree-play.mts";
import type { TreeCall, TreeMeta, TreeNode } from "./tree-script.mts";
import { copyState, restoreState } from "./tree-state.mts";

/** Plays a contract that is itself the program of a top-level instruction, called by the wallet that signed. */
export function playTopLevelCall(play: Play, node: TreeNode, wallet: number, above: RunAbove, traced: TracedFrame): RunEnd {
  const [inner] = traced.children;
  const base: TreeNode = { ...node, accounts: [] };
  const run: Run = { play, above, base, loaded: new Map(), frames: [], traced, trace: play.topLevel, wrote: new Set(), delta: 0n };
  try {
    beginInstruction(run);
    const ranOut = inner === undefined ? outOfBudget(run) : undefined;
    if (ranOut !== undefined) throw ranOut;
    const from = { account: wallet, sender: accountAt(wallet).address };
    const called = { node, account: node.account, wei: 0n, isStatic: false };
    const undo = copyState(play.state);
    let end: End | TooLarge = playCall(play, from, called, above, inner as TracedFrame, { frozen: messageFrozen(run, node.account) });
    if (end.kind === "success" && end.output.length > maxReturned) {
      restoreState(play.state, undo);
      end = { kind: "tooLarge" };
    }
    conclude(run, traced, { way: "direct", node }, end, inner as TracedFrame);
    return { kind: "success", output: play.returned.data };
  } catch (error) {
    if (!(error instanceof RunFault)) throw error;
    return failureOf(run, error);
  }
}

/** A call out of the SVM. @throws RunFault when it fails and is no try */
export function leave(run: Run, frame: SvmFrame, op: TreeCall & { readonly op: "leave" }, next: () => TracedFrame): void {
  const { play, above, frames } = run;
  const contract = op.node.account;
  const metas = metasOf(frame, op.way === "direct" ? op.passed : [{ account: contract, isSigner: false, isWritable: false }, ...op.passed]);
  const passed = metasOf(frame, op.passed).map((meta) => metas.find(({ account }) => account === meta.account) as TreeMeta);
  for (const meta of metas) if (isShared(meta)) takeOver(run, frame, meta.account);
  // Other VMs see all that the program has done.
  for (const { account, isWritable } of frame.rights.values())
    if (isWritable && !metas.some((meta) => meta.account === account)) takeOver(run, frame, account);
  beginInstruction(run);
  play.returned = { program: op.way === "direct" ? contract : callGateway, data: emptyBytes };
  const from = senderOf(passed[0], frame, play);
  if (op.wei > 0n && from.account === undefined) throw new RunFault("ExternalAccountLamportSpend");
  writeBack(run);
  if (op.wei > 0n) rememberRent(run, from.account as number);
  const frozen = frozenOf(run, contract, passed);
  const freezes = { frozen };
  const undo = copyState(play.state);
  const called = { node: op.node, account: contract, wei: op.wei, isStatic: op.isStatic };
  const below = {
    isStatic: above.isStatic,
    isLimited: above.isLimited || !op.isAmple,
    depth: above.depth + frames.length,
    vms: new Set([...above.vms, "svm"]),
  };
  const traced = next();
  checkLimit(op.gas, op.wei, traced);
  checkKept(op, frame.traced, traced);
  play.counts.cross("svm", op.node.vm);
  let end: End | TooLarge = playCall(play, from, called, below, traced, freezes);
  if (end.kind === "success" && end.output.length > maxReturned) {
    restoreState(play.state, undo);
    end = { kind: "tooLarge" };
  }
  reload(run, frozen);
  conclude(run, frame.traced, op, end, traced);
  giveBack(run, frame, metas);
}

/** Who can go on after a failure keeps a 64th. */
function checkKept({ way, gas, wei }: TreeCall & { readonly op: "leave" }, { message }: TracedFrame, called: TracedFrame): void {
  if (way !== "try" && gas === undefined) return;
  const most = message.gas - message.gas / 64n + (wei > 0n ? 2_300n : 0n);
  if (called.message.gas > most) throw new Error(`expected at most ${most} gas for ${describe(called)}`);
}

/** Rules 4 and 5. `account` is undefined where no value may come from the sender. */
function senderOf(
  first: TreeMeta | undefined,
  { node }: SvmFrame,
  { plants }: Play,
): { readonly account: number | undefined; readonly sender: Address } {
  if (first?.isSigner === true && first.isWritable && (maySpeak(first.account) || plants.has("whoever signs is the sender"))) {
    const { owner, sort, address } = accountAt(first.account);
    const mayPay = sort !== "data" || owner === node.account || plants.has("the value of a call out is the program's");
    return { account: mayPay ? first.account : undefined, sender: address };
  }
  return { account: undefined, sender: standInOf(node.account) };
}

const standIns = new Map<number, Address>();

function standInOf(program: number): Address {
  const known =
    standIns.get(program) ?? toAddress(findProgramAddress([new TextEncoder().encode("trireme:sender")], accountAt(program).pubkey).address);
  standIns.set(program, known);
  return known;
}

function isContract(account: number): boolean {
  const { sort } = accountAt(account);
  return sort === "evm" || sort === "wasm";
}

/** Rule 6: what the run holds and did not pass on writable; of contracts, what is held writable. */
function frozenOf(run: Run, contract: number, passed: readonly TreeMeta[]): ReadonlySet<number> {
  const { base, frames } = run;
  const frozen = new Set<number>([base.account]);
  const first = frames[0] as SvmFrame;
  for (const { account } of base.accounts) {
    if (isNative(accountAt(account).sort)) continue;
    if (first.rights.get(account)?.isWritable === true || !isContract(account)) frozen.add(account);
  }
  for (const account of messageFrozen(run, contract)) frozen.add(account);
  frozen.delete(contract);
  for (const { account, isWritable } of passed) if (isWritable) frozen.delete(account);
  return frozen;
}

/** What the message of a Solana transaction lists read-only beside the instruction's accounts: contracts excepted. */
function messageFrozen({ above, base, play }: Pick<Run, "above" | "base" | "play">, contract: number): ReadonlySet<number> {
  if (play.plants.has("what a message lists read-only is free")) return new Set();
  const named = new Set([contract, base.account, ...base.accounts.map(({ account }) => account)]);
  const others = above.message.filter(({ account, isWritable }) => !isWritable && !named.has(account));
  return new Set(others.map(({ account }) => account).filter((account) => !isContract(account) && !isNative(accountAt(account).sort)));
}

/** What may have changed is read again; of contracts every frame sees at once what moved. */
function reload(run: Run, frozen: ReadonlySet<number>): void {
  for (const [account, before] of run.loaded) {
    if (frozen.has(account)) continue;
    const { lamports } = before;
    load(run, account);
    const moved = (run.loaded.get(account) as Loaded).lamports - lamports;
    if (!isContract(account) || moved === 0n) continue;
    for (const { memory } of run.frames) {
      const held = memory.get(account);
      if (held !== undefined) held.lamports += moved;
    }
  }
}

const contractErrors = { reverted: 0x7e00_0001, halted: 0x7e00_0002, outputTooLarge: 0x7e00_0003 } as const;

/** A success whose output the caller could not see. */
interface TooLarge {
  readonly kind: "tooLarge";
}

function conclude(
  { play }: Run,
  caller: TracedFrame,
  { way, node }: Pick<TreeCall & { readonly op: "leave" }, "way" | "node">,
  end: End | TooLarge,
  traced: TracedFrame,
): void {
  if (end.kind === "success") {
    play.returned = { program: node.account, data: end.output };
    return;
  }
  if (way === "try" && !play.plants.has("a try does not catch")) {
    play.counts.tries++;
    if (play.plants.has("return data stays over a failed try")) return;
    const data = end.kind === "revert" ? concatBytes(Uint8Array.of(1), end.output) : Uint8Array.of(2);
    play.returned = { program: callGateway, data: data.subarray(0, maxReturned) };
    return;
  }
  if (end.kind === "tooLarge") throw new RunFault({ Custom: contractErrors.outputTooLarge });
  if (end.kind !== "halt") {
    const { result } = traced;
    const isPoor = result.kind === "revert" && result.refused === "insufficientBalance";
    throw new RunFault(isPoor ? "InsufficientFunds" : { Custom: contractErrors.reverted });
  }
  if (end.reason === "accountFrozen") throw new RunFault("AccountBorrowFailed");
  if (end.reason === "writeProtection") throw new RunFault("ReadonlyDataModified");
  // Where the contract took all units with it, the program has run out of them as well.
  const isSpent = end.reason === "outOfGas" && endsWith(caller, "ComputationalBudgetExceeded");
  throw new RunFault(isSpent ? "ComputationalBudgetExceeded" : { Custom: contractErrors.halted });
}

function endsWith({ result }: TracedFrame, error: string): boolean {
  if (result.kind === "revert") return result.error === JSON.stringify(error);
  return result.kind === "halt" && result.detail === JSON.stringify(error);
}

/** Whether a pubkey may ever speak to a contract (rule 4). */
function maySpeak(account: number): boolean {
  return !isTaggedPubkey(accountAt(account).pubkey);
}
