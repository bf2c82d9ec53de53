// What programs of the SVM do in a call tree: one unbroken run of their frames.
import { addressToHex, bytesToHex, emptyBytes } from "@trireme/core";
import type { TracedFrame } from "./frame-trace.mts";
import { leave } from "./svm-leave-model.mts";
import {
  beginInstruction,
  failureOf,
  giveBack,
  heldOf,
  isBelowRent,
  isNative,
  lackOfRent,
  isShared,
  load,
  maxReturned,
  metasOf,
  outOfBudget,
  RunFault,
  takeOver,
  writeBack,
  type Held,
  type Loaded,
  type Run,
  type SvmFrame,
} from "./svm-run.mts";
import { accountAt, callGateway, systemProgram } from "./tree-accounts.mts";
import { checkOwnGas } from "./tree-gas.mts";
import { ownGasOf } from "./tree-plan.mts";
import { describe, type Play, type RunAbove, type RunEnd } from "./tree-play.mts";
import type { TreeMeta, TreeNode, TreeOp } from "./tree-script.mts";
import { Digest, firstWord, programDataLog } from "./tree-state.mts";

const maxHeight = 5;

/** Plays a run from its first instruction. What it wrote is in the state after a success; after a failure the caller undoes it. */
export function playRun(play: Play, base: TreeNode, above: RunAbove, traced: TracedFrame): RunEnd {
  const loaded = new Map<number, Loaded>();
  const trace = above.isEntered ? { instructions: 0 } : play.topLevel;
  const run: Run = { play, above, base, loaded, frames: [], traced, trace, wrote: new Set(), delta: 0n };
  for (const { account } of [...base.accounts, { account: base.account }]) load(run, account);
  let fault: RunFault;
  try {
    const rights = base.accounts.map((meta) => ({ ...meta, isWritable: meta.isWritable && mayWrite(run, meta.account) }));
    playInstruction(run, base, rights, () => traced);
    writeBack(run);
    if (above.isEntered && isBelowRent(play, run.wrote)) {
      play.counts.fail("svm", lackOfRent);
      throw new RunFault(lackOfRent);
    }
    return { kind: "success", output: play.returned.data };
  } catch (error) {
    if (!(error instanceof RunFault)) throw error;
    fault = error;
  }
  return failureOf(run, fault);
}

/** What a static run has is read-only, and so is the program that another VM called. */
function mayWrite({ above, base, play }: Run, account: number): boolean {
  if (above.isStatic && !play.plants.has("static frames write in the SVM")) return false;
  return account !== base.account && !isNative(accountAt(account).sort);
}

/** Checks an instruction, runs it, and takes over what it left. @throws RunFault */
function playInstruction(run: Run, node: TreeNode, metas: readonly TreeMeta[], open: () => TracedFrame): void {
  const { play, frames, above } = run;
  const { openPrograms, counts } = play;
  const caller = frames.at(-1);
  const isOpen = openPrograms.includes(node.account) && !play.plants.has("programs may be entered again");
  if (isOpen && caller?.node.account !== node.account) throw new RunFault("ReentrancyNotAllowed");
  beginInstruction(run);
  if (frames.length >= maxHeight) throw new RunFault("CallDepth");
  const rights = new Map(metas.map((meta) => [meta.account, meta]));
  const memory = new Map(node.accounts.map(({ account }) => [account, heldOf(run.loaded.get(account) as Loaded)]));
  const stackHeight = (above.isEntered ? 2 : 1) + frames.length;
  const traced = open();
  const frame: SvmFrame = { node, rights, memory, stackHeight, traced };
  const depth = above.depth + frames.length + 1;
  counts.enter(depth, new Set([...above.vms, "svm"]));
  frames.push(frame);
  openPrograms.push(node.account);
  play.returned = { program: node.account, data: emptyBytes };
  try {
    playProgram(run, frame);
  } catch (error) {
    if (error instanceof RunFault) counts.fail("svm", error.fault ?? nameOf(error.error));
    throw error;
  } finally {
    frames.pop();
    openPrograms.pop();
  }
}

function nameOf(error: unknown): string {
  return typeof error === "string" ? error : "custom error";
}

function playProgram(run: Run, frame: SvmFrame): void {
  const { node, traced } = frame;
  const ranOut = endedByGas(run, frame);
  if (ranOut !== undefined) throw ranOut;
  const children = traced.children.values();
  const next = (): TracedFrame => {
    const { value } = children.next();
    if (value === undefined) throw new Error(`expected another call inside of ${describe(traced)}`);
    return value;
  };
  const digest = new Digest();
  let fault: RunFault | undefined;
  try {
    for (const op of node.ops) playOp(run, frame, op, digest, next);
    endProgram(run, frame, digest);
  } catch (error) {
    if (!(error instanceof RunFault)) throw error;
    fault = error;
  }
  if (children.next().done !== true) throw new Error(`expected no further call inside of ${describe(traced)}`);
  if (traced !== run.traced) assertEnd(run, frame, fault);
  checkOwnGas(node, traced, ownGasOf(node));
  if (fault !== undefined) throw fault;
}

/** Inner instructions are shown by the SVM itself: their errors, and the return data at their end. */
function assertEnd({ play }: Run, { traced }: Pick<SvmFrame, "traced">, fault: RunFault | undefined): void {
  const { result } = traced;
  const seen = result.kind === "success" ? bytesToHex(result.output) : result.kind === "revert" ? (result.error ?? "") : result.reason;
  const said = fault === undefined ? bytesToHex(play.returned.data) : JSON.stringify(fault.error);
  if (seen !== said) throw new Error(`expected ${said}, got ${seen} from ${describe(traced)}`);
}

/** The error of a frame that ran out by itself: the run ended by gas, and none of the frame's own calls did. */
function endedByGas(run: Run, { node, traced }: SvmFrame): RunFault | undefined {
  const { above, traced: whole } = run;
  const { result } = whole;
  const isSpent = result.kind === "halt" ? result.reason === "outOfGas" : result.kind === "revert" && isBudgetError(above, result.error);
  if (!isSpent || traced.result.kind === "success") return undefined;
  const last = traced.children.at(-1);
  const call = node.ops.filter((op) => "node" in op || op.op === "spend")[traced.children.length - 1];
  if (last !== undefined && last.result.kind !== "success" && isFatal(last) && !(call?.op === "leave" && call.way === "try"))
    return undefined;
  return outOfBudget(run);
}

/** At top level of a Solana transaction what breaks a rule of the machine and what runs out are told by one name. */
function isBudgetError({ isEntered }: RunAbove, error: string | undefined): boolean {
  return error === '"ComputationalBudgetExceeded"' || (!isEntered && error === '"ProgramFailedToComplete"');
}

/** Whether the end of a call is its caller's as well: of another program, or of a contract that took all units with it. */
function isFatal({ message, result }: TracedFrame): boolean {
  return message.kind === "instruction" || (result.kind === "halt" && result.reason === "outOfGas");
}

function endProgram(run: Run, frame: SvmFrame, digest: Digest): void {
  const { node } = frame;
  const { end } = node;
  switch (end.end) {
    case "return":
      // More than return data may hold: a syscall's fault.
      if (8 * end.words > maxReturned) throw new RunFault("ProgramFailedToComplete");
      if (end.words > 0) run.play.returned = { program: node.account, data: digest.words(end.words) };
      for (const { account } of node.accounts) takeOver(run, frame, account);
      if (run.delta !== 0n) throw new RunFault("UnbalancedInstruction");
      return;
    case "revert":
      throw new RunFault({ Custom: Number(BigInt.asUintN(16, digest.value)) | 0x10000 });
    case "halt":
      throw end.rule === 0 ? new RunFault("ProgramFailedToComplete", "AccessViolation") : new RunFault("ProgramFailedToComplete");
    case "burn":
      throw new Error("expected a frame that burns its gas to run out of it");
  }
}

function playOp(run: Run, frame: SvmFrame, op: TreeOp, digest: Digest, next: () => TracedFrame): void {
  const { memory, node, stackHeight } = frame;
  const held = (account: number): Held => memory.get(account) as Held;
  const { address, pubkey } = accountAt(node.account);
  switch (op.op) {
    case "write":
      held(op.target).counter += BigInt(op.add);
      digest.fold(held(op.target).counter);
      break;
    case "note":
      if (!run.above.isStatic) run.play.state.logs.push(programDataLog(addressToHex(address), op.topic, digest.value));
      break;
    case "context":
      digest.fold(firstWord(pubkey));
      digest.fold(BigInt(stackHeight));
      break;
    case "look":
      digest.fold(held(op.account).lamports);
      break;
    case "read":
      digest.fold(held(op.account).counter);
      break;
    case "move":
      held(op.from).lamports = BigInt.asUintN(64, held(op.from).lamports - BigInt(op.lamports));
      held(op.to).lamports = BigInt.asUintN(64, held(op.to).lamports + BigInt(op.lamports));
      break;
    case "spend":
      spend(run, frame, op, next);
      finish(run, digest);
      break;
    case "cpi":
      invoke(run, frame, op.node, next);
      finish(run, digest);
      break;
    case "leave":
      leave(run, frame, op, next);
      finish(run, digest);
      if (op.propagates && run.play.returned.program === callGateway) throw new RunFault({ Custom: 0x7001 });
      break;
    case "remember":
    case "pay":
    case "call":
    case "invoke":
      throw new Error(`expected an operation of a program, got ${op.op}`);
  }
}

function finish({ play: { returned } }: Run, digest: Digest): void {
  digest.foldBytes(returned.data);
  if (returned.data.length > 0) digest.fold(firstWord(accountAt(returned.program).pubkey));
}

/** A transfer by the System program, which owns every wallet and contract. */
function spend(run: Run, frame: SvmFrame, op: TreeOp & { readonly op: "spend" }, next: () => TracedFrame): void {
  const { loaded, play } = run;
  const named = [
    { account: op.from, isSigner: true, isWritable: true },
    { account: op.to, isSigner: false, isWritable: true },
  ];
  const metas = metasOf(frame, named);
  for (const meta of metas) takeOver(run, frame, meta.account);
  beginInstruction(run);
  if (run.frames.length >= maxHeight) throw new RunFault("CallDepth");
  const traced = next();
  play.returned = { program: systemProgram, data: emptyBytes };
  const fault = transferFault(run, op, metas, traced);
  assertEnd(run, { traced }, fault);
  if (fault !== undefined) throw fault;
  (loaded.get(op.from) as Loaded).lamports -= BigInt(op.lamports);
  (loaded.get(op.to) as Loaded).lamports += BigInt(op.lamports);
  giveBack(run, frame, metas);
}

function transferFault(
  { above, loaded }: Run,
  { from, to, lamports }: TreeOp & { readonly op: "spend" },
  metas: readonly TreeMeta[],
  { result }: TracedFrame,
): RunFault | undefined {
  const isSpent = result.kind === "revert" && result.error === '"ComputationalBudgetExceeded"' && above.isLimited;
  if (isSpent) return new RunFault("ComputationalBudgetExceeded");
  if ((loaded.get(from) as Loaded).lamports < BigInt(lamports)) return new RunFault({ Custom: 1 });
  const isWritable = (account: number): boolean => metas.some((meta) => meta.account === account && meta.isWritable);
  return isWritable(from) && isWritable(to) ? undefined : new RunFault("ReadonlyLamportChange");
}

function invoke(run: Run, frame: SvmFrame, node: TreeNode, next: () => TracedFrame): void {
  const metas = metasOf(frame, node.accounts);
  run.play.counts.cross("svm", "svm");
  for (const meta of metas) if (isShared(meta)) takeOver(run, frame, meta.account);
  playInstruction(run, node, metas, next);
  giveBack(run, frame, metas);
}
