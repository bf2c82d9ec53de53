// One unbroken run of SVM frames in the model: memory of each frame, accounts as the run has loaded them, calls out of it.
import { addressToHex, bytesToHex, concatBytes, emptyBytes, toAddress, weiPerLamport, type Address } from "@trireme/core";
import { findProgramAddress } from "@trireme/svm";
import type { TracedFrame } from "./frame-trace.mts";
import { accountAt } from "./tree-accounts.mts";
import { describe, maySpeak, playCall, refuseFrozen, type End, type Frame, type Play } from "./tree-model.mts";
import { checkLimit, checkOwnGas } from "./tree-gas.mts";
import { ownGasOf } from "./tree-plan.mts";
import type { TreeCall, TreeMeta, TreeNode, TreeOp } from "./tree-script.mts";
import { copyState, Digest, firstWord, programDataLog, restoreState } from "./tree-state.mts";

/** How a run ends: a failure as the gateway tells it, `error` as the SVM does. */
export type RunEnd =
  | { readonly kind: "success"; readonly output: Uint8Array }
  | { readonly kind: "failure"; readonly error: string; readonly code: number; readonly reason: string };

/** What a run stands on. `isEntered`: by another VM. */
export type RunAbove = Pick<Frame, "isStatic" | "isLimited" | "depth" | "vms"> & { readonly isEntered: boolean };

/** An account in lamports and by its counter: as a frame's memory has it, or as the run has loaded it. */
interface Held {
  lamports: bigint;
  counter: bigint;
}

interface Loaded extends Held {
  /** What the journal has. */
  known: bigint;
  isDirty: boolean;
}

interface SvmFrame {
  readonly node: TreeNode;
  /** The rights that the frame really has. */
  readonly rights: ReadonlyMap<number, TreeMeta>;
  readonly memory: Map<number, Held>;
  readonly stackHeight: number;
  readonly traced: TracedFrame;
}

interface Run {
  readonly play: Play;
  readonly above: RunAbove;
  readonly base: TreeNode;
  readonly loaded: Map<number, Loaded>;
  readonly frames: SvmFrame[];
  /** Of the frame that entered the SVM. */
  readonly traced: TracedFrame;
  /** Instructions so far. */
  instructions: number;
  /** Lamports made, less those that went. */
  delta: bigint;
}

/** Ends a run: the error of an instruction is its caller's as well. `fault`: of the machine. */
class RunFault extends Error {
  readonly error: unknown;
  readonly fault: string | undefined;
  constructor(error: unknown, fault?: string) {
    super(JSON.stringify(error));
    this.error = error;
    this.fault = fault;
  }
}

const maxInstructions = 64;
const maxHeight = 5;
const maxReturned = 1024;

/** Plays a run from its first instruction. What it wrote is in the state after a success; after a failure the caller undoes it. */
export function playRun(play: Play, base: TreeNode, above: RunAbove, traced: TracedFrame): RunEnd {
  const loaded = new Map<number, Loaded>();
  const run: Run = { play, above, base, loaded, frames: [], traced, instructions: 0, delta: 0n };
  for (const { account } of [...base.accounts, { account: base.account }]) load(run, account);
  let fault: RunFault;
  try {
    const rights = base.accounts.map((meta) => ({ ...meta, isWritable: meta.isWritable && mayWrite(run, meta.account) }));
    playInstruction(run, base, rights, () => traced);
    writeBack(run);
    return { kind: "success", output: play.returned.data };
  } catch (error) {
    if (!(error instanceof RunFault)) throw error;
    fault = error;
  }
  return failureOf(run, fault);
}

/** Plays a contract that is itself the program of a top-level instruction, called by the wallet that signed. */
export function playTopLevelCall(play: Play, node: TreeNode, wallet: number, above: RunAbove, traced: TracedFrame): RunEnd {
  const [inner] = traced.children;
  const base: TreeNode = { ...node, accounts: [] };
  const run: Run = { play, above, base, loaded: new Map(), frames: [], traced, instructions: 0, delta: 0n };
  try {
    const ranOut = inner === undefined ? outOfBudget(run) : undefined;
    if (ranOut !== undefined) throw ranOut;
    const from = { account: wallet, sender: accountAt(wallet).address };
    const called = { node, account: node.account, wei: 0n, isStatic: false };
    const undo = copyState(play.state);
    let end: End | TooLarge = playCall(play, from, called, above, inner as TracedFrame, { frozen: new Set() });
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

/** What a static run has is read-only, and so is the program that another VM called. */
function mayWrite({ above, base, play }: Run, account: number): boolean {
  if (above.isStatic && !play.plants.has("static frames write in the SVM")) return false;
  return account !== base.account && accountAt(account).sort !== "callGateway";
}

function failureOf({ above, traced }: Run, { error, fault }: RunFault): RunEnd {
  const { result } = traced;
  const detail = JSON.stringify(error);
  const custom = typeof error === "object" && error !== null && "Custom" in error ? Number(error.Custom) : undefined;
  const isSpent = above.isEntered && (error === "ComputationalBudgetExceeded" || fault === "ExceededMaxInstructions");
  const halt = isSpent ? "outOfGas" : fault === undefined || !above.isEntered ? undefined : `svm:${fault}`;
  const seen =
    result.kind === "halt" ? `${result.reason}: ${result.detail ?? ""}` : result.kind === "revert" ? (result.error ?? "") : "success";
  const said = halt === undefined ? detail : `${halt}: ${detail}`;
  if (seen !== said) throw new Error(`expected ${said}, got ${seen} from ${describe(traced)}`);
  if (halt !== undefined) return { kind: "failure", error: detail, code: 0, reason: said };
  if (custom !== undefined) return { kind: "failure", error: detail, code: custom, reason: "Custom" };
  return { kind: "failure", error: detail, code: 0, reason: String(error) };
}

function load({ play, loaded }: Run, account: number): void {
  const lamports = lamportsOf(play, account);
  loaded.set(account, { lamports, known: lamports, counter: play.state.counters.get(account) ?? 0n, isDirty: false });
}

function lamportsOf({ state, plants }: Play, account: number): bigint {
  const wei = state.balances.get(account) ?? 0n;
  return (plants.has("lamports round up") ? wei + weiPerLamport - 1n : wei) / weiPerLamport;
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

function beginInstruction(run: Run): void {
  if (run.delta !== 0n) throw new RunFault("UnbalancedInstruction");
  if (run.instructions >= maxInstructions) throw new RunFault("MaxInstructionTraceLengthExceeded");
  run.instructions++;
}

function heldOf({ lamports, counter }: Held): Held {
  return { lamports, counter };
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
function assertEnd({ play }: Run, { traced }: SvmFrame, fault: RunFault | undefined): void {
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
  const call = node.ops.filter((op) => "node" in op)[traced.children.length - 1];
  if (last !== undefined && last.result.kind !== "success" && isFatal(last) && !(call?.op === "leave" && call.way === "try"))
    return undefined;
  return outOfBudget(run);
}

function outOfBudget({ above, traced: whole }: Run): RunFault {
  const { result } = whole;
  if (!above.isLimited) throw new Error(`expected enough gas for ${describe(whole)}`);
  const error = result.kind === "halt" ? result.detail : "error" in result ? result.error : undefined;
  const parsed = JSON.parse(error as string) as unknown;
  return new RunFault(parsed, parsed === "ComputationalBudgetExceeded" ? undefined : "ExceededMaxInstructions");
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

/** What a frame changed in its memory becomes the run's, as far as it may. @throws RunFault */
function takeOver(run: Run, { node, rights, memory }: SvmFrame, account: number): void {
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

/** Puts what the run changed into the state. @throws Unwound */
function writeBack({ play, loaded }: Run): void {
  const { balances, counters } = play.state;
  for (const [account, each] of loaded) {
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
      held(op.from).lamports -= BigInt(op.lamports);
      held(op.to).lamports += BigInt(op.lamports);
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

const callGateway = 30;

function finish({ play: { returned } }: Run, digest: Digest): void {
  digest.foldBytes(returned.data);
  if (returned.data.length > 0) digest.fold(firstWord(accountAt(returned.program).pubkey));
}

/** The metas as the program makes them: writable where it may write itself; a double name has the rights of both. */
function metasOf(frame: SvmFrame, metas: readonly TreeMeta[]): readonly TreeMeta[] {
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

/** Accounts of programs are not shared in memory. */
function isShared({ account }: TreeMeta): boolean {
  const { sort } = accountAt(account);
  return sort !== "svm" && sort !== "callGateway";
}

function invoke(run: Run, frame: SvmFrame, node: TreeNode, next: () => TracedFrame): void {
  const metas = metasOf(frame, node.accounts);
  run.play.counts.cross("svm", "svm");
  for (const meta of metas) if (isShared(meta)) takeOver(run, frame, meta.account);
  playInstruction(run, node, metas, next);
  giveBack(run, frame, metas);
}

function giveBack({ loaded }: Run, { memory }: SvmFrame, metas: readonly TreeMeta[]): void {
  for (const meta of metas) if (isShared(meta) && meta.isWritable) memory.set(meta.account, heldOf(loaded.get(meta.account) as Loaded));
}

/** A call out of the SVM. @throws RunFault when it fails and is no try */
function leave(run: Run, frame: SvmFrame, op: TreeCall & { readonly op: "leave" }, next: () => TracedFrame): void {
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
function frozenOf({ base, frames }: Run, contract: number, passed: readonly TreeMeta[]): ReadonlySet<number> {
  const frozen = new Set<number>([base.account]);
  const first = frames[0] as SvmFrame;
  for (const { account } of base.accounts) {
    if (accountAt(account).sort === "callGateway") continue;
    if (first.rights.get(account)?.isWritable === true || !isContract(account)) frozen.add(account);
  }
  frozen.delete(contract);
  for (const { account, isWritable } of passed) if (isWritable) frozen.delete(account);
  return frozen;
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
