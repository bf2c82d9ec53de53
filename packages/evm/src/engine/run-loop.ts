/**
 * The loop over a frame's instructions, in place of the engine's own, which awaits every one of them. It runs on until an
 * instruction gives a promise, and goes on from there when that one is settled.
 */
import type { Common } from "@ethereumjs/common";
import { frameEnd, isFrameEnd, type Interpreter, type OpcodeEntry, type RunResult, type RunState } from "./ethereumjs.ts";
import { frameEnds } from "./halt-reason.ts";
import type { Pending, Realm } from "./realm.ts";
import type { Session } from "./session.ts";

/** Runs code in a frame that has just been made. */
export type RunLoop = (interpreter: Interpreter, code: Uint8Array) => RunResult | Pending<RunResult>;

const GAS = 0x5a;
const JUMP = 0x56;
const JUMPI = 0x57;
/** Frames that run inside of each other on the machine's stack, some KiB each; the next one waits until it is free again. */
const MAX_NESTED = 8;

interface Frame {
  readonly interpreter: Interpreter;
  readonly state: RunState;
  readonly table: readonly OpcodeEntry[];
  readonly common: Common;
  readonly isTraced: boolean;
  /** What the promise is of that the frame gave last. */
  waitsFor: "price" | "instruction";
}

/** A promise to wait for, undefined to go on. */
type Waiting = Pending<unknown> | undefined;

/** The loop of one realm. */
export function createRunLoop({ isPending, follow, later }: Realm, session: Session): RunLoop {
  let nested = 0;

  const run = (frame: Frame): RunResult | Pending<RunResult> => {
    const reached = advance(frame, goOn);
    if (!isPending(reached)) return reached as RunResult;
    return follow<RunResult>(
      reached as Pending<unknown>,
      (value) => advance(frame, () => (frame.waitsFor === "price" ? pay(frame, entryOf(frame), value as bigint) : undefined)),
      (error) => advance(frame, () => abandon(frame, error)),
    );
  };

  /** From the instruction that `first` finishes on, to the next promise or the end. */
  const advance = (frame: Frame, first: () => Waiting): RunResult | Pending<unknown> => {
    const { state } = frame;
    nested++;
    try {
      return first() ?? runInstructions(frame) ?? { runState: state };
    } catch (error) {
      if (!isFrameEnd(error)) throw error;
      return error.error === frameEnds.stop ? { runState: state } : { runState: state, exceptionError: error };
    } finally {
      nested--;
    }
  };

  /** Prices that do not depend on anything are summed up as a number, and paid before anything looks at what is left. */
  const runInstructions = (frame: Frame): Waiting => {
    const { interpreter, state, table, isTraced } = frame;
    const { code } = state;
    let owed = 0;
    let affordable = affordableOf(state.gasLeft);
    try {
      while (state.programCounter < code.length) {
        const opCode = code[state.programCounter] as number;
        const entry = table[opCode] as OpcodeEntry;
        const { fee, dynamicGas, isInvalid } = entry.opcodeInfo;
        if ((opCode === JUMP || opCode === JUMPI) && state.shouldDoJumpAnalysis) analyse(interpreter);
        state.opCode = opCode;
        let waiting: Waiting;
        if (dynamicGas || isTraced || isInvalid || opCode === GAS) {
          state.gasLeft -= BigInt(owed);
          owed = 0;
          waiting = step(frame, entry);
          affordable = affordableOf(state.gasLeft);
        } else {
          owed += fee;
          if (owed > affordable) {
            const amount = BigInt(owed);
            owed = 0;
            interpreter.useGas(amount);
            affordable = affordableOf(state.gasLeft);
          }
          state.programCounter++;
          waiting = execute(frame, entry);
        }
        if (waiting !== undefined) return waiting;
      }
      return undefined;
    } finally {
      state.gasLeft -= BigInt(owed);
    }
  };

  /** One instruction, whatever its price depends on and whoever watches. */
  const step = (frame: Frame, entry: OpcodeEntry): Waiting => {
    const { state, common } = frame;
    const { feeBigInt, dynamicGas } = entry.opcodeInfo;
    if (!dynamicGas || entry.gasHandler === undefined) return pay(frame, entry, feeBigInt);
    let price: bigint | Pending<bigint>;
    try {
      price = entry.gasHandler(state, feeBigInt, common);
    } catch (error) {
      frame.waitsFor = "price";
      return abandon(frame, error);
    }
    if (typeof price === "bigint") return pay(frame, entry, price);
    frame.waitsFor = "price";
    return price;
  };

  const pay = (frame: Frame, entry: OpcodeEntry, gas: bigint): Waiting => {
    const { interpreter, state } = frame;
    if (frame.isTraced) interpreter._runStepHook(gas, state.gasLeft);
    if (entry.opcodeInfo.isInvalid) throw frameEnd(frameEnds.invalidOpcode);
    interpreter.useGas(gas);
    state.programCounter++;
    return execute(frame, entry);
  };

  const execute = (frame: Frame, entry: OpcodeEntry): Waiting => {
    const given = entry.opHandler(frame.state, frame.common);
    if (given === undefined || !isPending(given)) return undefined;
    frame.waitsFor = "instruction";
    return given as Pending<unknown>;
  };

  return (interpreter, code) => {
    const { common, _opcodeMap: table } = interpreter._evm;
    const state = interpreter._runState;
    state.code = code;
    const isTraced = session.tracer?.wantsSteps === true;
    const frame: Frame = { interpreter, state, table, common, isTraced, waitsFor: "instruction" };
    return nested < MAX_NESTED ? run(frame) : later(() => run(frame));
  };
}

function goOn(): undefined {}

function entryOf({ table, state }: Frame): OpcodeEntry {
  return table[state.opCode] as OpcodeEntry;
}

/** An instruction that ends the frame before its price is known is shown with the part that is. */
function abandon(frame: Frame, error: unknown): never {
  const { interpreter, state, isTraced, waitsFor } = frame;
  if (isTraced && waitsFor === "price" && isFrameEnd(error)) interpreter._runStepHook(entryOf(frame).opcodeInfo.feeBigInt, state.gasLeft);
  throw error;
}

function analyse(interpreter: Interpreter): void {
  const state = interpreter._runState;
  const { jumps, pushes } = interpreter._getValidJumpDestinations(state.code);
  state.validJumps = jumps;
  state.cachedPushes = pushes;
  state.shouldDoJumpAnalysis = false;
}

/** What a number may count up to before the gas that is left has to be asked. */
function affordableOf(gasLeft: bigint): number {
  return gasLeft < MAX_SAFE ? Number(gasLeft) : Number.MAX_SAFE_INTEGER;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
