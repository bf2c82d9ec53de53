// What a call tree does, on plain data. Where gas decides, and only there, it takes the word of the frames that really ran.
import { addressToHex, bytesToBigint, bytesToHex, concatBytes, createAddress, emptyBytes, type Address } from "@trireme/core";
import type { TracedFrame } from "./frame-tracer.mts";
import { createdSlot, gasOfCall, vmOf, word, type Script, type ScriptCall, type ScriptOp } from "./call-tree-script.mts";

/** Everything that a tree may change, by `address` or `address/key`. */
export interface TreeState {
  readonly balances: Map<string, bigint>;
  readonly nonces: Map<string, bigint>;
  readonly slots: Map<string, bigint>;
  readonly transient: Map<string, bigint>;
  readonly warm: Set<string>;
  readonly codes: Map<string, string>;
  readonly logs: { readonly address: string; readonly topic: string; readonly data: string }[];
}

/** How often a tree did what is worth counting. */
export interface TreeCounts {
  /** Frames on the longest way down that has code of both VMs on it. */
  mixedDepth: number;
  /** Frames of which gas decided: those that ran out, and those that did not. */
  ranOut: number;
  sufficed: number;
  /** Frames that another VM's frame entered. */
  crossings: number;
  failures: number;
}

/** A state as the model wants it. */
export function emptyTreeState(): TreeState {
  return { balances: new Map(), nonces: new Map(), slots: new Map(), transient: new Map(), warm: new Set(), codes: new Map(), logs: [] };
}

/** How a frame ended in the model. */
type End = { readonly kind: "success" | "revert"; readonly output: Uint8Array } | { readonly kind: "halt"; readonly reason: string };

interface Frame {
  readonly account: Address;
  readonly vm: "evm" | "wasm";
  readonly sender: Address;
  readonly value: bigint;
  readonly isStatic: boolean;
  /** Whether the gas of this frame, or of one above it, may be too little. */
  readonly isLimited: boolean;
  /** Frames so far, this one included, and the VMs among them. */
  readonly depth: number;
  readonly vms: ReadonlySet<string>;
}

/** Ends a frame from within. */
class FrameEnd extends Error {
  readonly end: End;
  constructor(end: End) {
    super(end.kind);
    this.end = end;
  }
}

/** Plays a call from outside on the model, against the frames that ran. @throws where a frame ended otherwise than the model says */
export function playTree(state: TreeState, call: ScriptCall, sender: Address, traced: TracedFrame): TreeCounts {
  const counts: TreeCounts = { mixedDepth: 0, ranOut: 0, sufficed: 0, crossings: 0, failures: 0 };
  const context: Context = { state, counts };
  const outside: Frame = { account: sender, vm: "evm", sender, value: 0n, isStatic: false, isLimited: false, depth: 0, vms: new Set() };
  enterCall(context, outside, call, traced);
  return counts;
}

interface Context {
  readonly state: TreeState;
  readonly counts: TreeCounts;
}

function enterCall(context: Context, caller: Frame, call: ScriptCall, traced: TracedFrame): End {
  const { state } = context;
  const value = call.scheme === "call" ? call.value : 0n;
  const isDelegate = call.scheme === "delegatecall";
  if (value > (state.balances.get(addressToHex(caller.account)) ?? 0n)) {
    return agree({ kind: "revert", output: emptyBytes }, traced, caller.isLimited);
  }
  const vm = vmOf(call.target);
  const isLimited = caller.isLimited || (vm !== undefined && call.gasClass === "limited");
  const undo = copyState(state);
  if (value > 0n) move(state, caller.account, call.target, value);
  if (vm === undefined) return agree({ kind: "success", output: emptyBytes }, traced, isLimited);
  const frame: Frame = {
    account: isDelegate ? caller.account : call.target,
    vm,
    sender: isDelegate ? caller.sender : caller.account,
    value: isDelegate ? caller.value : value,
    isStatic: caller.isStatic || call.scheme === "staticcall",
    isLimited,
    depth: caller.depth + 1,
    vms: new Set([...caller.vms, vm]),
  };
  return runFrame(context, frame, call, traced, undo, caller);
}

function runFrame(context: Context, frame: Frame, call: ScriptCall, traced: TracedFrame, undo: TreeState, caller: Frame): End {
  const { state, counts } = context;
  if (frame.vms.size > 1) counts.mixedDepth = Math.max(counts.mixedDepth, frame.depth);
  if (caller.depth > 0 && caller.vm !== frame.vm) counts.crossings++;
  let end: End;
  if (endedByGas(traced, frame, call.script)) {
    counts.ranOut++;
    end = traced.result.kind === "halt" ? { kind: "halt", reason: "outOfGas" } : { kind: "revert", output: emptyBytes };
    if (call.gasClass !== "starved" && !frame.isLimited) throw new Error(`expected enough gas for ${describe(traced)}`);
  } else {
    if (call.gasClass === "starved") throw new Error(`expected too little gas for ${describe(traced)}`);
    if (frame.isLimited) counts.sufficed++;
    end = runScript(context, frame, call.script, traced);
  }
  if (end.kind !== "success") {
    counts.failures++;
    restoreState(state, undo);
  }
  return agree(end, traced, frame.isLimited);
}

/** Whether gas ended a frame: where a program has too little for a create, Stylus makes that a revert. */
function endedByGas({ result }: TracedFrame, { vm }: Frame, script: Script): boolean {
  if (result.kind === "halt") return result.reason === "outOfGas";
  if (result.kind !== "revert" || vm !== "wasm" || !script.some(({ op }) => op === "create")) return false;
  return result.error === "too little gas for a create";
}

function runScript(context: Context, frame: Frame, script: Script, traced: TracedFrame): End {
  const output: Uint8Array[] = [];
  const children = traced.children.values();
  const next = (): TracedFrame => {
    const { value } = children.next();
    if (value === undefined) throw new Error(`expected another call inside of ${describe(traced)}`);
    return value;
  };
  let end: End | undefined;
  try {
    for (const op of script) runOp(context, frame, op, output, next);
  } catch (error) {
    if (!(error instanceof FrameEnd)) throw error;
    end = error.end;
  }
  if (children.next().done !== true) throw new Error(`expected no further call inside of ${describe(traced)}`);
  return end ?? { kind: "success", output: concatBytes(...output) };
}

function runOp(context: Context, frame: Frame, op: ScriptOp, output: Uint8Array[], next: () => TracedFrame): void {
  const { state } = context;
  const { account, vm, sender, value, isStatic } = frame;
  const name = addressToHex(account);
  switch (op.op) {
    case "store":
      if (isStatic) refuseWrite(vm);
      state.slots.set(`${name}/${op.key}`, op.value);
      state.warm.add(`${name}/${op.key}`);
      break;
    case "load":
      output.push(word(state.slots.get(`${name}/${op.key}`) ?? 0n));
      state.warm.add(`${name}/${op.key}`);
      break;
    case "tstore":
      if (isStatic) refuseWrite(vm);
      state.transient.set(`${name}/${op.key}`, op.value);
      break;
    case "tload":
      output.push(word(state.transient.get(`${name}/${op.key}`) ?? 0n));
      break;
    case "log":
      if (isStatic) refuseWrite(vm);
      state.logs.push({ address: name, topic: bytesToHex(word(op.key)), data: bytesToHex(concatBytes(...output)) });
      break;
    case "balance":
      output.push(word(state.balances.get(addressToHex(op.target)) ?? 0n));
      break;
    case "burn":
      break;
    case "context":
      output.push(word(bytesToBigint(account)), word(bytesToBigint(sender)), word(value));
      break;
    case "stop":
      throw new FrameEnd({ kind: "success", output: concatBytes(...output) });
    case "revert":
      throw new FrameEnd({ kind: "revert", output: concatBytes(...output) });
    case "fail":
      throw new FrameEnd({ kind: "revert", output: emptyBytes });
    case "halt":
      throw new FrameEnd({ kind: "halt", reason: vm === "evm" ? "invalidOpcode" : "stackOverflow" });
    case "create":
      if (isStatic) refuseWrite(vm);
      append(output, ...create(context, frame, op, next));
      break;
    case "call": {
      if (isStatic && op.scheme === "call" && op.value > 0n) {
        // A program goes on: the call fails before it is made.
        if (vm === "evm") refuseWrite(vm);
        append(output, word(0n), emptyBytes);
        break;
      }
      const traced = next();
      if (traced.message.gas > gasOfCall(op) + 2300n) throw new Error(`expected at most ${gasOfCall(op)} gas for ${describe(traced)}`);
      const end = enterCall(context, frame, op, traced);
      append(output, word(end.kind === "success" ? 1n : 0n), end.kind === "halt" ? emptyBytes : end.output);
      break;
    }
  }
}

function append(output: Uint8Array[], answer: Uint8Array, returned: Uint8Array): void {
  output.push(answer, word(returned.length), returned);
}

/** The word of the new contract's address, zero where there is none, and what the create returned. */
function create(
  { state, counts }: Context,
  { account, isLimited }: Frame,
  op: ScriptOp & { readonly op: "create" },
  next: () => TracedFrame,
): [Uint8Array, Uint8Array] {
  const name = addressToHex(account);
  const nothing: [Uint8Array, Uint8Array] = [word(0n), emptyBytes];
  if ((state.balances.get(name) ?? 0n) < op.value) return nothing;
  const traced = next();
  const { result } = traced;
  const nonce = state.nonces.get(name) ?? 0n;
  state.nonces.set(name, nonce + 1n);
  if (result.kind === "halt" && result.reason === "outOfGas") {
    if (!isLimited) throw new Error(`expected enough gas for ${describe(traced)}`);
    counts.ranOut++;
    return nothing;
  }
  if (result.kind !== (op.reverts ? "revert" : "success")) throw new Error(`expected another end of ${describe(traced)}`);
  if (op.reverts) return [word(0n), word(createdSlot.revertData)];
  const created = createAddress(account, nonce);
  const made = addressToHex(created);
  move(state, account, created, op.value);
  state.nonces.set(made, 1n);
  state.codes.set(made, bytesToHex(createdSlot.code));
  state.slots.set(`${made}/${createdSlot.key}`, createdSlot.value);
  state.warm.add(`${made}/${createdSlot.key}`);
  return [word(bytesToBigint(created)), emptyBytes];
}

/** The EVM halts, a program fails: its gas is kept, its data is not. */
function refuseWrite(vm: Frame["vm"]): never {
  throw new FrameEnd(vm === "evm" ? { kind: "halt", reason: "writeProtection" } : { kind: "revert", output: emptyBytes });
}

/** The end of a frame, once the frame that ran has ended the same. */
function agree(end: End, traced: TracedFrame, isLimited: boolean): End {
  const { result } = traced;
  const seen = result.kind === "halt" ? result.reason : `${result.kind} ${bytesToHex(result.output)}`;
  const said = end.kind === "halt" ? end.reason : `${end.kind} ${bytesToHex(end.output)}`;
  if (seen !== said) throw new Error(`expected ${said}, got ${seen} from ${describe(traced)}${isLimited ? ", whose gas is limited" : ""}`);
  return end;
}

function move({ balances }: TreeState, from: Address, to: Address, wei: bigint): void {
  const add = (address: Address, change: bigint): void => {
    const name = addressToHex(address);
    balances.set(name, (balances.get(name) ?? 0n) + change);
  };
  add(from, -wei);
  add(to, wei);
}

function copyState({ balances, nonces, slots, transient, warm, codes, logs }: TreeState): TreeState {
  return {
    balances: new Map(balances),
    nonces: new Map(nonces),
    slots: new Map(slots),
    transient: new Map(transient),
    warm: new Set(warm),
    codes: new Map(codes),
    logs: logs.slice(),
  };
}

function restoreState(state: TreeState, from: TreeState): void {
  for (const part of ["balances", "nonces", "slots", "transient", "codes"] as const) {
    const target = state[part] as Map<string, unknown>;
    target.clear();
    for (const [name, value] of from[part]) target.set(name, value);
  }
  state.warm.clear();
  for (const name of from.warm) state.warm.add(name);
  state.logs.splice(0, Infinity, ...from.logs);
}

function describe({ message, result }: TracedFrame): string {
  const where = message.kind === "call" ? `${message.scheme} of ${addressToHex(message.codeAddress)}` : message.kind;
  return `the ${where} with ${message.gas} gas at depth ${message.depth} that ended with ${result.kind}`;
}
