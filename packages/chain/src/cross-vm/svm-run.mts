// One unbroken run of SVM frames in the model: memory of each frame, accounts as the run has loaded them.
import { isTaggedPubkey, weiPerLamport } from "@trireme/core";
import { minimumBalance } from "@trireme/svm";
import type { TracedFrame } from "./frame-trace.mts";
import { accountAt, type AccountSort } from "./tree-accounts.mts";
import { describe, refuseFrozen, type Play, type RunAbove, type RunEnd } from "./tree-play.mts";
import { counterLength } from "./tree-world.mts";
import type { TreeMeta, TreeNode } from "./tree-script.mts";

/** An account in lamports and by its counter: as a frame's memory has it, or as the run has loaded it. */
export interface Held {
  lamports: bigint;
  counter: bigint;
}

export interface Loaded extends Held {
  /** What the journal has. */
  known: bigint;
  isDirty: boolean;
}

export interface SvmFrame {
  readonly node: TreeNode;
  /** The rights that the frame really has. */
  readonly rights: ReadonlyMap<number, TreeMeta>;
  readonly memory: Map<number, Held>;
  readonly stackHeight: number;
  readonly traced: TracedFrame;
}

export interface Run {
  readonly play: Play;
  readonly above: RunAbove;
  readonly base: TreeNode;
  readonly loaded: Map<number, Loaded>;
  readonly frames: SvmFrame[];
  /** Of the frame that entered the SVM. */
  readonly traced: TracedFrame;
  /** Instructions so far: of the run, at top level of the transaction. */
  readonly trace: { instructions: number };
  /** Accounts that the run itself wrote: their rent is judged at its end. */
  readonly wrote: Set<number>;
  /** Lamports made, less those that went. */
  delta: bigint;
}

/** What a run fails with that leaves an account too little. */
export const lackOfRent = "InsufficientFundsForRent";

/** Ends a run: the error of an instruction is its caller's as well. `fault`: of the machine. */
export class RunFault extends Error {
  readonly error: unknown;
  readonly fault: string | undefined;
  constructor(error: unknown, fault?: string) {
    super(JSON.stringify(error));
    this.error = error;
    this.fault = fault;
  }
}

/** Instructions of one run. */
const maxInstructions = 64;
/** Bytes that a program may return, and see of a call. */
export const maxReturned = 1024;
export function failureOf({ above, traced }: Run, { error, fault }: RunFault): RunEnd {
  const { result } = traced;
  const detail = JSON.stringify(error);
  const custom = typeof error === "object" && error !== null && "Custom" in error ? Number(error.Custom) : undefined;
  const isSpent = above.isEntered && (error === "ComputationalBudgetExceeded" || fault === "ExceededMaxInstructions");
  const halt = isSpent ? "outOfGas" : fault === undefined || !above.isEntered ? undefined : `svm:${fault}`;
  const seen =
    result.kind === "halt" ? `${result.reason}: ${result.detail ?? ""}` : result.kind === "revert" ? (result.error ?? "") : "success";
  // Which place the poor account has in which list is not of interest here.
  if (error === lackOfRent && seen.startsWith('{"InsufficientFundsForRent"'))
    return { kind: "failure", error: seen, code: 0, reason: seen };
  const said = halt === undefined ? detail : `${halt}: ${detail}`;
  if (seen !== said) throw new Error(`expected ${said}, got ${seen} from ${describe(traced)}`);
  if (halt !== undefined) return { kind: "failure", error: detail, code: 0, reason: said };
  if (custom !== undefined) return { kind: "failure", error: detail, code: custom, reason: "Custom" };
  return { kind: "failure", error: detail, code: 0, reason: String(error) };
}

export function load({ play, loaded }: Run, account: number): void {
  const lamports = lamportsOf(play, account);
  loaded.set(account, { lamports, known: lamports, counter: play.state.counters.get(account) ?? 0n, isDirty: false });
}

function lamportsOf({ state, plants }: Play, account: number): bigint {
  const wei = state.balances.get(account) ?? 0n;
  return (plants.has("lamports round up") ? wei + weiPerLamport - 1n : wei) / weiPerLamport;
}

export function beginInstruction(run: Run): void {
  if (run.delta !== 0n) throw new RunFault("UnbalancedInstruction");
  if (run.trace.instructions >= maxInstructions) throw new RunFault("MaxInstructionTraceLengthExceeded");
  run.trace.instructions++;
}

export function heldOf({ lamports, counter }: Held): Held {
  return { lamports, counter };
}

export function outOfBudget({ above, traced: whole }: Run): RunFault {
  const { result } = whole;
  if (!above.isLimited) throw new Error(`expected enough gas for ${describe(whole)}`);
  const error = result.kind === "halt" ? result.detail : "error" in result ? result.error : undefined;
  const parsed = JSON.parse(error as string) as unknown;
  return new RunFault(parsed, parsed === "ComputationalBudgetExceeded" ? undefined : "ExceededMaxInstructions");
}

/** What a frame changed in its memory becomes the run's, as far as it may. @throws RunFault */
export function takeOver(run: Run, { node, rights, memory }: SvmFrame, account: number): void {
  const held = memory.get(account);
  const loaded = run.loaded.get(account);
  if (held === undefined || loaded === undefined) return;
  const isOwned = accountAt(account).owner === node.account;
  const isWritable = rights.get(account)?.isWritable === true;
  if (held.lamports !== loaded.lamports) {
    if (held.lamports < loaded.lamports && !isOwned) throw new RunFault("ExternalAccountLamportSpend");
    if (!isWritable) throw new RunFault("ReadonlyLamportChange");
    run.delta += held.lamports - loaded.lamports;
    loaded.lamports = held.lamports;
  }
  if (held.counter === loaded.counter) return;
  if (!isWritable) throw new RunFault("ReadonlyDataModified");
  if (!isOwned) throw new RunFault("ExternalAccountDataModified");
  loaded.counter = held.counter;
  loaded.isDirty = true;
}

/** Has the rent of an account judged (rule 11). */
export function rememberRent({ above, loaded, play, wrote }: Run, account: number): void {
  if (isTaggedPubkey(accountAt(account).pubkey)) return;
  const before = play.rentBefore.get(account) ?? { lamports: (loaded.get(account) as Loaded).known, isMarked: above.isEntered };
  play.rentBefore.set(account, before);
  wrote.add(account);
  if (before.isMarked) play.state.written.add(account);
}

/** Whether one of these accounts was written and has too little, and had not as little before. */
export function isBelowRent({ plants, rentBefore, state }: Play, accounts: Iterable<number>): boolean {
  if (plants.has("rent is not judged")) return false;
  return [...accounts].some((account) => {
    const { lamports: before, isMarked } = rentBefore.get(account) as { readonly lamports: bigint; readonly isMarked: boolean };
    const lamports = (state.balances.get(account) ?? 0n) / weiPerLamport;
    const least = minimumBalance(accountAt(account).sort === "data" ? counterLength : 0);
    const mayStay = lamports === 0n || lamports >= least || (before > 0n && lamports >= before);
    return !mayStay && (!isMarked || state.written.has(account));
  });
}

/** Puts what the run changed into the state. @throws Unwound */
export function writeBack(run: Run): void {
  const { play, loaded } = run;
  const { balances, counters } = play.state;
  for (const [account, each] of loaded) {
    if (each.lamports !== each.known || each.isDirty) rememberRent(run, account);
    if (each.lamports !== each.known) {
      refuseFrozen(play, account);
      balances.set(account, each.lamports * weiPerLamport + ((balances.get(account) as bigint) % weiPerLamport));
      each.known = each.lamports;
    }
    if (!each.isDirty) continue;
    refuseFrozen(play, account);
    counters.set(account, each.counter);
    each.isDirty = false;
  }
}

/** The metas as the program makes them: writable where it may write itself; a double name has the rights of both. */
export function metasOf(frame: SvmFrame, metas: readonly TreeMeta[]): readonly TreeMeta[] {
  const made: TreeMeta[] = [];
  for (const { account, isSigner, isWritable } of metas) {
    const place = made.findIndex((meta) => meta.account === account);
    const before = made[place] ?? { isSigner: false, isWritable: false };
    const rights = {
      isSigner: isSigner || before.isSigner,
      isWritable: (isWritable && frame.rights.get(account)?.isWritable === true) || before.isWritable,
    };
    if (place < 0) made.push({ account, ...rights });
    else made[place] = { account, ...rights };
  }
  return made;
}

/** Programs of the chain itself: no account of theirs stands in the state. */
export function isNative(sort: AccountSort): boolean {
  return sort === "callGateway" || sort === "system";
}

/** Accounts of programs are not shared in memory. */
export function isShared({ account }: TreeMeta): boolean {
  const { sort } = accountAt(account);
  return sort !== "svm" && !isNative(sort);
}

export function giveBack({ loaded }: Run, { memory }: SvmFrame, metas: readonly TreeMeta[]): void {
  for (const meta of metas) if (isShared(meta) && meta.isWritable) memory.set(meta.account, heldOf(loaded.get(meta.account) as Loaded));
}
