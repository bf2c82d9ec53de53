/** The same machine twice, on our parts of the engine and on those of @ethereumjs/evm, to run the same programs on both. */
import type { ExecutionEnvironment, ExecutionResult, Message, Tracer } from "@trireme/core";
import { createModelHost, type ModelHost, type ModelHostOptions } from "@trireme/testing";
import { createEngine, type Engine, type EngineParts } from "../engine/engine.ts";
import { frameEnd, type Interpreter, type OpcodeEntry } from "../engine/ethereumjs.ts";
import { frameEnds } from "../engine/halt-reason.ts";
import { alice, evm } from "./machine.ts";

type GasHandler = NonNullable<OpcodeEntry["gasHandler"]>;

const RETURNDATACOPY = 0x3e;

/** What one machine made of a message. */
export interface Seen {
  readonly result: ExecutionResult;
  /** Every step in one line. */
  readonly steps: readonly string[];
  readonly host: ModelHost;
}

/** The run loop and the instructions of @ethereumjs/evm as they are, but for the name of what reads beyond the return data. */
const enginesOwn: EngineParts = {
  createRunLoop: (_realm, session) => (interpreter, code) => {
    const base = Object.getPrototypeOf(Object.getPrototypeOf(interpreter)) as Interpreter;
    Object.assign(interpreter._evm, { events: { listenerCount: () => (session.tracer?.wantsSteps === true ? 1 : 0) } });
    Object.assign(interpreter, { _getValidJumpDestinations: base._getValidJumpDestinations });
    return base.run.call(interpreter, code);
  },
  instructions: (realm) => {
    const { dynamicGasHandlers } = realm.load("opcodes/gas.js") as { readonly dynamicGasHandlers: ReadonlyMap<number, GasHandler> };
    const gasHandler: GasHandler = (state, gas, common) => {
      if (state.stack.top(1) + state.stack.top(2) > BigInt(state.returnBytes.length)) throw frameEnd(frameEnds.returnDataOutOfBounds);
      return (dynamicGasHandlers.get(RETURNDATACOPY) as GasHandler)(state, gas, common);
    };
    return [[RETURNDATACOPY, { gasHandler }]];
  },
};
const [ours, theirs] = [createEngine(), createEngine(enginesOwn)];

/** Runs a message on either machine; `prepare` puts the same on both hosts. Steps are there where they are asked for. */
export function onBoth(
  message: Message,
  prepare: (host: ModelHost) => void,
  options: Partial<ModelHostOptions> & { readonly isTraced?: boolean } = {},
): readonly [ours: Seen, theirs: Seen] {
  const see = (engine: Engine): Seen => {
    const steps: string[] = [];
    const host = createModelHost({
      ...options,
      environments: [environmentOf(engine)],
      ...(options.isTraced === false ? {} : { tracer: tracerInto(steps) }),
    });
    host.setBalance(alice, 10n ** 18n);
    prepare(host);
    host.beginTransaction();
    return { result: host.call(message), steps, host };
  };
  return [see(ours), see(theirs)];
}

function environmentOf(engine: Engine): ExecutionEnvironment {
  let isInside = false;
  return {
    ...evm,
    execute(message, host) {
      // An engine runs one message at a time.
      if (isInside || message.kind === "instruction") return evm.execute(message, host);
      isInside = true;
      try {
        return engine.run(message, host);
      } finally {
        isInside = false;
      }
    },
  };
}

function tracerInto(lines: string[]): Tracer {
  return {
    wantsSteps: true,
    wantsMemory: true,
    enter: (message) => void lines.push(`enter ${message.kind} ${message.depth}`),
    exit: (result) => void lines.push(`exit ${result.kind}`),
    log: () => void lines.push("log"),
    selfDestruct: () => void lines.push("selfdestruct"),
    step({ pc, operation, gas, gasCost, depth, refund, stack = [], memory }) {
      const top = stack.slice(-8).join();
      lines.push(
        `${depth} ${pc} ${operation} ${gas} ${gasCost} ${refund} ${stack.length}: ${top} ${Buffer.from(memory ?? []).toString("hex")}`,
      );
    },
  };
}
