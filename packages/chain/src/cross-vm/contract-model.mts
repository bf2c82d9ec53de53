// What contracts of the EVM and of WASM do in a call tree, on plain data. Where gas decides, and only there, it takes the word of the frames that really ran.
import { addressToHex, emptyBytes, type Address } from "@trireme/core";
import type { TracedFrame } from "./frame-trace.mts";
import { accountAt } from "./tree-accounts.mts";
import { checkLimit, checkOwnGas } from "./tree-gas.mts";
import { ownGasOf } from "./tree-plan.mts";
import { agree, describe, failed, FrameEnd, refuseFrozen, Unwound, type End, type Frame, type Play } from "./tree-play.mts";
import type { TreeCall, TreeNode, TreeOp } from "./tree-script.mts";
import { copyState, Digest, lastWord, notedLog, restoreState, svmErrorData } from "./tree-state.mts";

/** A call of a contract, the value's move included, as it is after what it wrote has been kept or undone. `freezes` binds all below. */
export function playCall(
  play: Play,
  from: { readonly account: number | undefined; readonly sender: Address },
  called: { readonly node: TreeNode | undefined; readonly account: number; readonly wei: bigint; readonly isStatic: boolean },
  above: Pick<Frame, "isStatic" | "isLimited" | "depth" | "vms">,
  traced: TracedFrame,
  freezes?: { readonly frozen: ReadonlySet<number> },
): End {
  const { state, counts } = play;
  const { node, account, wei } = called;
  if (wei > 0n && (from.account === undefined || wei > (state.balances.get(from.account) as bigint))) {
    return agree(failed, traced);
  }
  const undo = copyState(state);
  if (wei > 0n) move(play, from.account as number, account, wei);
  if (node === undefined) return agree({ kind: "success", output: emptyBytes }, traced);
  const frame: Frame = {
    node,
    sender: from.sender,
    value: wei,
    isStatic: above.isStatic || called.isStatic,
    isLimited: above.isLimited,
    depth: above.depth + 1,
    vms: new Set([...above.vms, node.vm]),
  };
  counts.enter(frame.depth, frame.vms);
  if (freezes !== undefined) play.freezers.push(freezes);
  let end: End;
  try {
    end = endedByGas(frame, traced) ?? playContract(play, frame, traced);
  } catch (error) {
    if (!(error instanceof Unwound) || error.freezer !== freezes) throw error;
    counts.unwound++;
    end = { kind: "halt", reason: "accountFrozen" };
  } finally {
    if (freezes !== undefined) play.freezers.pop();
  }
  if (end.kind !== "success") {
    counts.fail(node.vm, end.kind === "halt" ? end.reason : "revert");
    const wrong = copyState(state);
    restoreState(state, undo);
    if (end.kind === "revert" && play.plants.has("a revert keeps its writes"))
      for (const [key, value] of wrong.slots) state.slots.set(key, value);
    if (play.plants.has("logs of a failed frame stay")) state.logs.splice(0, Infinity, ...wrong.logs);
    if (play.plants.has("a failed call keeps its value")) for (const [key, value] of wrong.balances) state.balances.set(key, value);
  }
  checkOwnGas(node, traced, ownGasOf(node));
  return agree(end, traced);
}

/** Whether gas ended a frame: then what it did before does not matter. */
function endedByGas({ isLimited }: Pick<Frame, "isLimited">, traced: TracedFrame): End | undefined {
  const { result } = traced;
  if (result.kind !== "halt" || result.reason !== "outOfGas") return undefined;
  if (!isLimited) throw new Error(`expected enough gas for ${describe(traced)}`);
  return { kind: "halt", reason: "outOfGas" };
}

function playContract(play: Play, frame: Frame, traced: TracedFrame): End {
  const children = traced.children.values();
  const next = (): TracedFrame => {
    const { value } = children.next();
    if (value === undefined) throw new Error(`expected another call inside of ${describe(traced)}`);
    return value;
  };
  const digest = new Digest();
  /** In a static frame of WASM: what waits to be written, and fails where the SDK writes it. */
  const pending = { isDirty: false };
  let end: End | undefined;
  try {
    for (const op of frame.node.ops) playOp(play, frame, op, digest, pending, next);
    if (pending.isDirty && frame.node.end.end === "return") throw new FrameEnd(failed);
  } catch (error) {
    if (!(error instanceof FrameEnd)) throw error;
    ({ end } = error);
  }
  if (children.next().done !== true) throw new Error(`expected no further call inside of ${describe(traced)}`);
  return end ?? endOf(frame.node, digest);
}

function endOf({ vm, end }: TreeNode, digest: Digest): End {
  switch (end.end) {
    case "return":
    case "revert":
      return { kind: end.end === "return" ? "success" : "revert", output: digest.words(end.words) };
    case "halt":
      if (vm === "evm") return { kind: "halt", reason: "invalidOpcode" };
      return end.rule === 0 ? failed : { kind: "halt", reason: "stackOverflow" };
    case "burn":
      return { kind: "halt", reason: "burn" };
  }
}

function playOp(play: Play, frame: Frame, op: TreeOp, digest: Digest, pending: { isDirty: boolean }, next: () => TracedFrame): void {
  const { state } = play;
  const { node, isStatic } = frame;
  const { address } = accountAt(node.account);
  switch (op.op) {
    case "write":
    case "remember": {
      const isWasm = node.vm === "wasm";
      if (isStatic && !isWasm) refuseWrite();
      pending.isDirty ||= isStatic;
      const slots = op.op === "write" ? state.slots : state.transient;
      const key = `${node.account}/${op.op === "write" ? op.target : op.slot}`;
      const value = (slots.get(key) ?? 0n) + BigInt(op.add);
      slots.set(key, value);
      digest.fold(value);
      break;
    }
    case "note":
      if (isStatic && node.vm === "wasm") throw new FrameEnd(failed);
      if (isStatic) refuseWrite();
      state.logs.push(notedLog(addressToHex(address), op.topic, digest.value));
      break;
    case "context":
      digest.fold(lastWord(address));
      digest.fold(lastWord(frame.sender));
      digest.fold(frame.value);
      break;
    case "look":
      digest.fold(state.balances.get(op.account) as bigint);
      break;
    case "read":
      flush(pending);
      finish(digest, readCounter(play, frame, op.account, next()), false);
      break;
    case "pay":
      flush(pending);
      finish(digest, payOrCall(play, frame, { op: "pay", to: op.to, wei: op.wei }, next), false);
      break;
    case "call":
      flush(pending);
      finish(digest, payOrCall(play, frame, op, next), op.propagates);
      break;
    case "invoke":
      flush(pending);
      play.counts.cross(node.vm, "svm");
      finish(digest, invoke(play, frame, op, next()), op.propagates);
      break;
    case "move":
    case "spend":
    case "cpi":
    case "leave":
      throw new Error(`expected an operation of ${node.vm}, got ${op.op}`);
  }
}

/** The SDK writes what waits before every call: in a static frame that ends it. */
function flush(pending: { readonly isDirty: boolean }): void {
  if (pending.isDirty) throw new FrameEnd(failed);
}

/** The EVM breaks a rule; a WASM program fails where it writes. */
function refuseWrite(): never {
  throw new FrameEnd({ kind: "halt", reason: "writeProtection" });
}

function finish(digest: Digest, end: End, propagates: boolean): void {
  const output = end.kind === "halt" ? emptyBytes : end.output;
  if (end.kind !== "success" && propagates) throw new FrameEnd({ kind: "revert", output });
  digest.fold(end.kind === "success" ? 1n : 0n);
  digest.foldBytes(output);
}

function payOrCall(
  play: Play,
  frame: Frame,
  op: { readonly op: "pay"; readonly to: number; readonly wei: bigint } | (TreeCall & { readonly op: "call" }),
  next: () => TracedFrame,
): End {
  if (frame.isStatic && op.wei > 0n) {
    // A WASM program goes on: the call fails before it is made.
    if (frame.node.vm === "wasm") return failed;
    refuseWrite();
  }
  const { account } = frame.node;
  const { address } = accountAt(account);
  const from = { account, sender: address };
  if (op.op === "pay") return playCall(play, from, { node: undefined, account: op.to, wei: op.wei, isStatic: false }, frame, next());
  const above = { ...frame, isLimited: frame.isLimited || !op.isAmple };
  const traced = next();
  checkLimit(op.gas, op.wei, traced);
  play.counts.cross(frame.node.vm, op.node.vm);
  return playCall(play, from, { node: op.node, account: op.node.account, wei: op.wei, isStatic: op.isStatic }, above, traced);
}

/** Reads the counter of a data account through the gateway. */
function readCounter({ state }: Play, frame: Frame, account: number, traced: TracedFrame): End {
  const ranOut = endedByGas(frame, traced);
  if (ranOut !== undefined) return ranOut;
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigUint64(0, state.counters.get(account) as bigint, true);
  if (traced.result.kind !== "success") throw new Error(`expected ${describe(traced)} to succeed`);
  return { kind: "success", output: data };
}

/** A call of a program through the gateway, whose frame stands around the program's. */
export function invoke(
  play: Play,
  frame: Omit<Frame, "node" | "sender" | "value">,
  op: TreeCall & { readonly op: "invoke" },
  traced: TracedFrame,
): End {
  const { state } = play;
  const isLimited = frame.isLimited || !op.isAmple;
  checkLimit(op.gas, 0n, traced);
  const [inner] = traced.children;
  // The gateway takes gas before the program runs, and after.
  const isGateways = inner === undefined || inner.result.kind === "success";
  const ranOut = isGateways ? endedByGas({ ...frame, isLimited }, traced) : undefined;
  if (ranOut !== undefined) return ranOut;
  if (inner === undefined) throw new Error(`expected a program inside of ${describe(traced)}`);
  const undo = copyState(state);
  const above = { isStatic: frame.isStatic || op.isStatic, isLimited, depth: frame.depth, vms: frame.vms };
  const run = play.run(play, op.node, { ...above, isEntered: true, message: [] }, inner);
  if (run.kind === "success") return { kind: "success", output: run.output };
  restoreState(state, undo);
  const { pubkey } = accountAt(op.node.account);
  return { kind: "revert", output: svmErrorData(pubkey, run.code, run.reason) };
}

/** Moves wei. @throws Unwound */
function move(play: Play, from: number, to: number, wei: bigint): void {
  refuseFrozen(play, from);
  refuseFrozen(play, to);
  const { balances } = play.state;
  balances.set(from, (balances.get(from) as bigint) - wei);
  balances.set(to, (balances.get(to) as bigint) + wei);
}
