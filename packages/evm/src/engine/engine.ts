/** The engine of one level of re-entry: a realm with its interpreter, on whichever Host the execution is. */
import {
  emptyBytes,
  equalBytes,
  isStackOverflow,
  stackOverflow,
  TriremeError,
  type Address,
  type CallMessage,
  type CreateMessage,
  type ExecutionResult,
  type Host,
} from "@trireme/core";
import { createPrecompileRunner } from "../precompiles/run-precompile.ts";
import { createCodeAnalyses } from "./code-analyses.ts";
import { engineAddress, type EngineEvm, type InterpreterConstructor, type OpcodeEntry, type RunResult } from "./ethereumjs.ts";
import { extendInterpreter, type FrameInterpreter } from "./frame-interpreter.ts";
import { createFrames, type Frames, type RunCode } from "./frames.ts";
import { frameEnds, haltOf } from "./halt-reason.ts";
import { callInstructions } from "./instructions/calls.ts";
import type { Instructions } from "./instructions/instruction.ts";
import { memoryInstructions } from "./instructions/memory.ts";
import { storageInstructions } from "./instructions/storage.ts";
import { createOpcodeTables } from "./opcode-tables.ts";
import { createRealm, type Realm } from "./realm.ts";
import { createRunLoop, type RunLoop } from "./run-loop.ts";
import { createSessionKeeper, type Session } from "./session.ts";
import { createStateView } from "./state-view.ts";

/** Runs one message at a time. */
export interface Engine {
  /** @throws what a Host method threw, the same object; TriremeError `STACK_OVERFLOW`, `HOST_FAULT` */
  run(message: CallMessage | CreateMessage, host: Host): ExecutionResult;
  /** Calls, static calls and creates on an account that are open inside of the message that runs. */
  openFrames(address: Address): number;
  /** True after a fault from which it does not recover. */
  readonly isBroken: boolean;
}

/** Parts of an engine that stand in for those of @ethereumjs/evm. */
export interface EngineParts {
  readonly createRunLoop: (realm: Realm, session: Session) => RunLoop;
  readonly instructions: (realm: Realm, session: Session) => Instructions;
}

/** A new engine: some milliseconds, then kept for every message of its level. */
export function createEngine(parts: EngineParts = ownParts): Engine {
  const realm = createRealm();
  const keeper = createSessionKeeper();
  const { session } = keeper;
  const { stateManager, journal, blockchain } = createStateView(session);
  const opcodes = createOpcodeTables(realm, parts.instructions(realm, session));
  const { Interpreter: base } = realm.load("interpreter.js") as { readonly Interpreter: InterpreterConstructor };
  const runLoop = parts.createRunLoop(realm, session);
  const FrameInterpreter = extendInterpreter(base, { realm, session, runLoop, frames: () => frames });
  const evms = new Map<readonly OpcodeEntry[], EngineEvm>();

  const evmOf = (): EngineEvm => {
    const { common } = session.rules;
    const table = opcodes(common);
    const known = evms.get(table);
    if (known !== undefined) return known;
    const evm = {
      common,
      _opcodeMap: table,
      DEBUG: false,
      _optsCached: {},
      allowUnlimitedInitCodeSize: false,
      analyses: createCodeAnalyses(),
    };
    evms.set(table, evm);
    return evm;
  };

  const runCode: RunCode = (message, code, refund, codeOwner) => {
    const { transactionView } = session;
    const environment = {
      address: engineAddress(message.recipient),
      caller: engineAddress(message.sender),
      origin: transactionView.origin,
      callData: message.kind === "call" ? message.input : emptyBytes,
      callValue: message.value,
      code,
      isStatic: message.isStatic,
      isCreate: message.kind === "create",
      depth: message.depth,
      gasPrice: transactionView.gasPrice,
      block: session.blockView,
      gasRefund: refund,
      blobVersionedHashes: transactionView.blobHashes,
      createdAddresses: NO_ADDRESSES,
      codeOwner,
    };
    const interpreter = new FrameInterpreter(evmOf(), stateManager, blockchain, environment, message.gas, journal);
    return realm.after(interpreter.run(code), (ended) => {
      releaseMemory(interpreter);
      return outcomeOf(interpreter, ended);
    });
  };

  const releaseMemory = ({ reservedMemory }: FrameInterpreter): void => {
    if (reservedMemory === 0) return;
    session.reservedMemory -= reservedMemory;
    session.host.releaseMemory(reservedMemory);
  };

  const frames: Frames = createFrames({ realm, session, runCode, runPrecompile: createPrecompileRunner(realm) });
  let isBroken = false;

  return {
    run(message, host) {
      keeper.open(host);
      let ended: { readonly value: ExecutionResult } | undefined;
      let error: unknown;
      try {
        ended = realm.run(() => (message.kind === "call" ? frames.enter(message, 0n) : frames.create(message, 0n)));
        isBroken = ended === undefined;
      } catch (thrown) {
        error = thrown;
      }
      keeper.close();
      if (keeper.fault !== undefined) throw keeper.fault.error;
      if (ended !== undefined) return ended.value;
      throw isBroken ? waiting(keeper.lastMethod) : faultOf(error);
    },
    openFrames: (address) => session.inner.filter((open) => equalBytes(open, address)).length,
    get isBroken() {
      return isBroken;
    },
  };
}

const ownParts: EngineParts = {
  createRunLoop,
  instructions: (realm, session) => [...memoryInstructions, ...storageInstructions(session), ...callInstructions(realm, session)],
};
const NO_ADDRESSES: ReadonlySet<string> = new Set();

function outcomeOf(interpreter: FrameInterpreter, { runState, exceptionError }: RunResult): ExecutionResult {
  const output = interpreter._result.returnValue ?? emptyBytes;
  if (exceptionError === undefined) return { kind: "success", gasLeft: runState.gasLeft, gasRefund: runState.gasRefund, output };
  if (exceptionError.error === frameEnds.revert) return { kind: "revert", gasLeft: runState.gasLeft, output };
  return haltOf(exceptionError.error);
}

function waiting(method: string | undefined): TriremeError {
  const culprit = method === undefined ? "the host" : `Host.${method}`;
  return new TriremeError("HOST_FAULT", `expected plain values from the host, but the EVM waits for a promise of ${culprit}`);
}

function faultOf(error: unknown): unknown {
  if (isStackOverflow(error)) return stackOverflow(error);
  if (error instanceof TriremeError) return error;
  return new TriremeError("HOST_FAULT", "expected the EVM to give an outcome, but its engine threw", { cause: error });
}
