/**
 * The model host: one chain state in plain maps, a checkpoint is a copy of all of it. It follows the same written
 * rules as the real host and shares no code with it, so that the two can be compared.
 */
import {
  emptyBytes,
  equalBytes,
  maxCallDepth,
  TriremeError,
  type BlockContext,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Hash,
  type Host,
  type Log,
  type Message,
  type ProgramLog,
  type Tracer,
  type TransactionContext,
} from "@trireme/core";
import { testBlock, testTransaction } from "./context.ts";
import { createModelLedger } from "./model-ledger.ts";
import { modelKindOf, modelMayDeploy, modelRoute } from "./model-routing.ts";
import { copyModelState, type ModelState } from "./model-state.ts";
import { encodeSolidityError } from "./solidity-error.ts";

/** What a model host is made of; everything has a default but the environments. */
export interface ModelHostOptions {
  readonly environments: readonly ExecutionEnvironment[];
  readonly block?: BlockContext;
  readonly transaction?: TransactionContext;
  readonly getBlockHash?: (number: bigint) => Hash | undefined;
  readonly tracer?: Tracer;
  /** Times that an environment may be entered again through another one on one stack; 64. */
  readonly reentryLimit?: number;
  /** Bytes for all suspended frames together; 256 MiB. */
  readonly memoryBudget?: number;
}

/** A Host, and what a test wants to see of it. */
export interface ModelHost extends Host {
  readonly logs: readonly Log[];
  readonly programLogs: readonly ProgramLog[];
  /** Wei burnt so far. */
  readonly burnt: bigint;
  /** A copy of all state: two hosts that did the same have equal snapshots. */
  snapshot(): ModelState;
  /** Forgets what belongs to one transaction: transient storage, access sets, marks, logs. */
  beginTransaction(): void;
  /** Removes destroyed accounts and empty touched ones, and SVM records without lamports. */
  endTransaction(): void;
}

interface ModelFrame {
  readonly message: Message;
  readonly environment: string;
}

/** Leaves every frame above `frame` and `frame` itself, which then halts. */
class ModelUnwinding extends Error {
  readonly frame: ModelFrame;
  readonly reason: "writeProtection" | "accountFrozen";
  constructor(frame: ModelFrame, reason: "writeProtection" | "accountFrozen") {
    super(reason);
    this.frame = frame;
    this.reason = reason;
  }
}

const SVM_ERROR = "SVM account: call it through the SVM gateway, invoke(program, accounts, data)";

/** A new model host with no account in it. */
export function createModelHost(options: ModelHostOptions): ModelHost {
  const { environments, tracer } = options;
  const block = options.block ?? testBlock;
  const reentryLimit = options.reentryLimit ?? 64;
  let frames: readonly ModelFrame[] = [];
  let escaped: { readonly error: unknown } | undefined;
  let memoryLeft = options.memoryBudget ?? 256 * 1024 * 1024;

  const unwind = (frame: ModelFrame, reason: ModelUnwinding["reason"]): never => {
    escaped = { error: new ModelUnwinding(frame, reason) };
    throw escaped.error;
  };
  const ledger = createModelLedger({
    beforeWrite() {
      const frame = frames.at(-1);
      if (frame?.message.isStatic === true) unwind(frame, "writeProtection");
    },
    beforeChange(address) {
      this.beforeWrite();
      const frame = frames.find(({ message }) => message.frozen?.some((held) => equalBytes(held, address)));
      if (frame !== undefined) unwind(frame, "accountFrozen");
    },
  });
  const { host: state } = ledger;

  const run = (given: Message, parent: ModelFrame | undefined): ExecutionResult => {
    const value = valueOf(given);
    const isWriting = given.kind === "create" || (given.kind === "call" && given.scheme === "call" && value > 0n);
    if (isWriting && given.isStatic) {
      if (parent?.message.isStatic === true) unwind(parent, "writeProtection");
      return { kind: "halt", reason: "writeProtection" };
    }
    if (given.depth > maxCallDepth) return { kind: "revert", gasLeft: given.gas, output: emptyBytes, refused: "callDepth" };
    if (value > state.getBalance(given.sender)) {
      return { kind: "revert", gasLeft: given.gas, output: emptyBytes, refused: "insufficientBalance" };
    }
    const { target, message, delegate } = modelRoute(given, state, environments, block);
    if (target === "svmAccount")
      return { kind: "revert", gasLeft: given.gas, output: encodeSolidityError(SVM_ERROR), refused: "notCallable" };
    if (target === "nobody") return { kind: "halt", reason: "noEnvironment" };
    if (given.kind === "create") state.accessAccount(given.recipient);
    if (given.depth === 0 && delegate !== undefined) state.accessAccount(delegate);
    if (target !== "transfer" && reentriesAfter(frames, target.id) > reentryLimit) return { kind: "halt", reason: "reentryLimit" };

    const framesBefore = frames;
    const memoryBefore = memoryLeft;
    const openBefore = ledger.openCheckpoints;
    const checkpoint = host.checkpoint();
    if (message.kind === "call" && message.scheme === "call") state.transfer(message.sender, message.recipient, value);
    else if (message.kind === "call" && message.scheme === "staticcall") state.touch(message.recipient);
    if (target === "transfer") {
      host.commit(checkpoint);
      return { kind: "success", gasLeft: message.gas, gasRefund: 0n, output: emptyBytes };
    }
    const frame: ModelFrame = { message, environment: target.id };
    frames = [...frames, frame];
    let result: ExecutionResult = { kind: "halt", reason: "outOfGas" };
    try {
      result = target.execute(message, host);
    } catch (error) {
      escaped ??= { error };
    }
    frames = framesBefore;
    memoryLeft = memoryBefore;
    if (escaped !== undefined) {
      // What the host threw goes on, even if an environment between here and there caught it.
      const { error } = escaped;
      const isHere = error instanceof ModelUnwinding && error.frame === frame;
      if (isHere || frames.length === 0) escaped = undefined;
      if (!isHere) throw error;
      result = { kind: "halt", reason: error.reason };
    }
    if (result.kind !== "halt" && (result.gasLeft > message.gas || result.gasLeft < 0n)) {
      throw new TriremeError("HOST_FAULT", `expected between 0 and ${message.gas} gas back from ${target.id}, got ${result.gasLeft}`);
    }
    // What an exception left open above the frame's own checkpoint goes the way of the frame.
    while (ledger.openCheckpoints > openBefore) {
      if (result.kind === "success") host.commit(ledger.openCheckpoints - 1);
      else host.revert(ledger.openCheckpoints - 1);
    }
    return result;
  };

  const host: ModelHost = {
    ...state,
    block,
    transaction: options.transaction ?? testTransaction,
    tracer,
    getBlockHash: (number) => (number < block.number && number + 256n >= block.number ? options.getBlockHash?.(number) : undefined),
    kindOf: (address) => modelKindOf(address, state, environments, block),
    mayDeploy: (code) => modelMayDeploy(code, environments),
    emitLog(log) {
      state.emitLog(log);
      tracer?.log(log);
    },
    call(given) {
      const parent = frames.at(-1);
      if (parent !== undefined && given.depth <= parent.message.depth) {
        throw new TriremeError("HOST_FAULT", `expected a call deeper than its caller's depth ${parent.message.depth}, got ${given.depth}`);
      }
      const isStatic = given.isStatic || parent?.message.isStatic === true || (given.kind === "call" && given.scheme === "staticcall");
      const message = isStatic === given.isStatic ? given : { ...given, isStatic };
      if (tracer === undefined) return run(message, parent);
      const { target } = modelRoute(message, state, environments, block);
      tracer.enter(message, typeof target === "string" ? undefined : target.id);
      try {
        const result = run(message, parent);
        tracer.exit(result);
        return result;
      } catch (error) {
        if (error instanceof ModelUnwinding) tracer.exit({ kind: "halt", reason: error.reason });
        throw error;
      }
    },
    openFrames(address) {
      const isOpen = ({ message }: ModelFrame): boolean =>
        message.kind !== "instruction" &&
        (message.kind === "create" || message.scheme === "call" || message.scheme === "staticcall") &&
        equalBytes(message.recipient, address);
      const inside = environments.map((environment) => environment.openFrames?.(address) ?? 0);
      return inside.reduce((sum, count) => sum + count, frames.filter(isOpen).length);
    },
    reserveMemory(bytes) {
      if (bytes > memoryLeft) return false;
      memoryLeft -= bytes;
      return true;
    },
    releaseMemory(bytes) {
      memoryLeft += bytes;
    },
    get logs() {
      return ledger.state.logs;
    },
    get programLogs() {
      return ledger.state.programLogs;
    },
    get burnt() {
      return ledger.state.burnt;
    },
    snapshot: () => copyModelState(ledger.state),
    beginTransaction: () => ledger.beginTransaction(),
    endTransaction: () => ledger.endTransaction(),
  };
  return host;
}

/** Re-entries of an environment on the stack, were it entered once more on top of it. */
function reentriesAfter(frames: readonly ModelFrame[], id: string): number {
  const entered = [...frames.map(({ environment }) => environment), id];
  return entered.filter((name, index) => name === id && index > 0 && entered[index - 1] !== id && entered.indexOf(id) < index).length;
}

function valueOf(message: Message): bigint {
  if (message.kind === "create") return message.value;
  return message.kind === "call" && (message.scheme === "call" || message.scheme === "callcode") ? message.value : 0n;
}
