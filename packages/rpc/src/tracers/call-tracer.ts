/** The call tree of a run, in the shape of geth's `callTracer`; frames of other VMs stand in the same tree. */
import {
  addressToHex,
  bytesToHex,
  emptyBytes,
  gasLeftOf,
  outputOf,
  pubkeyToBase58,
  toAddress,
  type Address,
  type EnvironmentId,
  type ExecutionResult,
  type Hex,
  type Log,
  type Message,
  type Tracer,
} from "@trireme/core";
import { toQuantity } from "../ethereum/format/quantity.ts";
import { failureMessage, revertReason } from "../ethereum/format/revert-reason.ts";

/** geth's `tracerConfig` of this tracer. */
export interface CallTracerOptions {
  /** The first frame alone. */
  readonly onlyTopCall: boolean;
  /** Logs with the frame that emitted them. */
  readonly withLog: boolean;
}

/** A log and where it stands among the frame's calls. */
export interface TracedLog {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly index: Hex;
  readonly position: Hex;
}

/** One frame of the tree. */
export interface CallFrame {
  readonly type: string;
  readonly from: Hex;
  readonly to?: Hex;
  readonly value?: Hex;
  readonly gas: Hex;
  readonly gasUsed: Hex;
  readonly input: Hex;
  readonly output?: Hex;
  readonly error?: string;
  readonly revertReason?: string;
  /** The VM that ran it, where it is not the EVM. */
  readonly environment?: EnvironmentId;
  /** Program of an SVM instruction, base58. */
  readonly program?: string;
  readonly logs?: readonly TracedLog[];
  /** What the frame's program printed, in order; it stays when the frame fails. */
  readonly console?: readonly string[];
  readonly calls?: readonly CallFrame[];
}

/** Builds a call tree. */
export interface CallTracer extends Tracer {
  /** The tree; the first frame shows what the transaction was given and charged. Undefined when nothing ran. */
  root(transaction: { readonly gasLimit: bigint; readonly gasUsed: bigint }): CallFrame | undefined;
}

interface OpenFrame {
  readonly message: Message;
  readonly environment: EnvironmentId | undefined;
  readonly calls: CallFrame[];
  logs: TracedLog[];
  readonly lines: string[];
}

/** Makes a tracer for one run. */
export function createCallTracer(options: Partial<CallTracerOptions> = {}): CallTracer {
  const { onlyTopCall = false, withLog = false } = options;
  const stack: OpenFrame[] = [];
  let finished: { readonly frame: OpenFrame; readonly result: ExecutionResult } | undefined;
  let logIndex = 0;

  return {
    wantsSteps: false,
    wantsMemory: false,
    enter(message, environment) {
      stack.push({ message, environment, calls: [], logs: [], lines: [] });
    },
    exit(result) {
      const frame = stack.pop();
      if (frame === undefined) return;
      // What a failed frame and its children emitted did not happen.
      if (result.kind !== "success") dropLogs(frame);
      const parent = stack.at(-1);
      if (parent === undefined) finished = { frame, result };
      else if (!onlyTopCall) parent.calls.push(closeFrame(frame, result, frame.message.gas, frame.message.gas - gasLeftOf(result)));
    },
    log(log) {
      const frame = stack.at(-1);
      if (!withLog || frame === undefined || (onlyTopCall && stack.length > 1)) return;
      frame.logs.push(tracedLog(log, logIndex++, frame.calls.length));
    },
    programLog(_address, line) {
      if (!onlyTopCall || stack.length === 1) stack.at(-1)?.lines.push(line);
    },
    step() {},
    selfDestruct(from, beneficiary, value) {
      if (!onlyTopCall) stack.at(-1)?.calls.push(selfDestructFrame(from, beneficiary, value));
    },
    root({ gasLimit, gasUsed }) {
      return finished === undefined ? undefined : closeFrame(finished.frame, finished.result, gasLimit, gasUsed);
    },
  };
}

function closeFrame(frame: OpenFrame, result: ExecutionResult, gas: bigint, gasUsed: bigint): CallFrame {
  const error = failureMessage(result);
  const output = outputOf(result);
  const reason = result.kind === "revert" ? (revertReason(output) ?? result.error) : undefined;
  return {
    ...messageFields(frame.message, result),
    gas: toQuantity(gas),
    gasUsed: toQuantity(gasUsed),
    ...(output.length === 0 ? {} : { output: bytesToHex(output) }),
    ...(error === undefined ? {} : { error }),
    ...(reason === undefined ? {} : { revertReason: reason }),
    ...(frame.environment === undefined || frame.environment === "evm" ? {} : { environment: frame.environment }),
    ...(frame.logs.length === 0 ? {} : { logs: frame.logs }),
    ...(frame.lines.length === 0 ? {} : { console: frame.lines }),
    ...(frame.calls.length === 0 ? {} : { calls: frame.calls }),
  };
}

function messageFields(message: Message, result: ExecutionResult): Pick<CallFrame, "type" | "from" | "to" | "value" | "input" | "program"> {
  switch (message.kind) {
    case "call": {
      const type = message.scheme.toUpperCase();
      // A delegated frame keeps its caller's sender: the account that calls is the one whose state it works on.
      const from = message.scheme === "delegatecall" ? message.recipient : message.sender;
      return {
        type,
        from: addressToHex(from),
        to: addressToHex(message.codeAddress),
        ...(message.scheme === "staticcall" ? {} : { value: toQuantity(message.value) }),
        input: bytesToHex(message.input),
      };
    }
    case "create":
      return {
        type: message.scheme.toUpperCase(),
        from: addressToHex(message.sender),
        ...(result.kind === "success" ? { to: addressToHex(message.recipient) } : {}),
        value: toQuantity(message.value),
        input: bytesToHex(message.initCode),
      };
    case "instruction":
      return {
        type: "INSTRUCTION",
        from: addressToHex(message.sender),
        to: addressToHex(toAddress(message.program)),
        program: pubkeyToBase58(message.program),
        input: bytesToHex(message.data),
      };
    default:
      return message satisfies never;
  }
}

function selfDestructFrame(from: Address, beneficiary: Address, value: bigint): CallFrame {
  return {
    type: "SELFDESTRUCT",
    from: addressToHex(from),
    to: addressToHex(beneficiary),
    value: toQuantity(value),
    gas: "0x0",
    gasUsed: "0x0",
    input: bytesToHex(emptyBytes),
  };
}

function tracedLog(log: Log, index: number, position: number): TracedLog {
  return {
    address: addressToHex(log.address),
    topics: log.topics.map(bytesToHex),
    data: bytesToHex(log.data),
    index: toQuantity(index),
    position: toQuantity(position),
  };
}

function dropLogs(frame: OpenFrame): void {
  frame.logs = [];
  for (const [index, call] of frame.calls.entries()) frame.calls[index] = withoutLogs(call);
}

function withoutLogs(frame: CallFrame): CallFrame {
  const { logs: _logs, calls, ...rest } = frame;
  return calls === undefined ? rest : { ...rest, calls: calls.map(withoutLogs) };
}
