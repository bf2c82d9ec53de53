/** The call tree of a run over all VMs, in the shape of geth's `callTracer`. */
import {
  addressToHex,
  bytesToHex,
  gasLeftOf,
  zeroAddress,
  type Address,
  type EnvironmentId,
  type ExecutionResult,
  type Message,
  type Tracer,
  type UnitUse,
} from "@trireme/core";
import { toQuantity } from "../ethereum/format/quantity.ts";
import { showFrame, showLog, showOutcome, showSelfDestruct, withoutLogs, type CallFrame, type TracedLog } from "./call-frame.ts";

/** geth's `tracerConfig` of this tracer. */
export interface CallTracerOptions {
  /** The first frame alone. */
  readonly onlyTopCall: boolean;
  /** Logs with the frame that emitted them. */
  readonly withLog: boolean;
}

/** What a tracer does not hear of the transaction whose frames it saw. */
export interface TracedTransaction {
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  /** How the transaction ended; as its only frame where undefined. */
  readonly result?: ExecutionResult;
  /** Of a transaction that is a list of instructions: what its root shows. */
  readonly batch?: { readonly sender: Address; readonly input: Uint8Array } | undefined;
}

/** Builds a call tree. */
export interface CallTracer extends Tracer {
  /**
   * The tree; the root shows what the transaction was given and charged. A batch has a root of its own over its
   * instructions. Undefined when nothing ran.
   */
  root(transaction: TracedTransaction): CallFrame | undefined;
}

interface OpenFrame {
  readonly message: Message;
  readonly environment: EnvironmentId | undefined;
  calls: CallFrame[];
  logs: TracedLog[];
  /** Whether logs stand here or further in. */
  hasLogs: boolean;
  readonly lines: string[];
  units: UnitUse | undefined;
}

interface TopFrame {
  readonly frame: OpenFrame;
  readonly result: ExecutionResult;
}

/** Makes a tracer for one run. */
export function createCallTracer(options: Partial<CallTracerOptions> = {}): CallTracer {
  const { onlyTopCall = false, withLog = false } = options;
  const stack: OpenFrame[] = [];
  const tops: TopFrame[] = [];
  let logIndex = 0;

  return {
    wantsSteps: false,
    wantsMemory: false,
    enter(message, environment) {
      stack.push({ message, environment, calls: [], logs: [], hasLogs: false, lines: [], units: undefined });
    },
    exit(result) {
      const frame = stack.pop();
      if (frame === undefined) return;
      if (result.kind !== "success") dropLogs(frame);
      const parent = stack.at(-1);
      if (parent === undefined) tops.push({ frame, result });
      else if (!onlyTopCall) {
        parent.hasLogs ||= frame.hasLogs;
        parent.calls.push(closeFrame({ frame, result }));
      }
    },
    units(use) {
      const frame = stack.at(-1);
      if (frame !== undefined) frame.units = use;
    },
    log(log) {
      const frame = stack.at(-1);
      if (!withLog || frame === undefined || (onlyTopCall && stack.length > 1)) return;
      frame.hasLogs = true;
      frame.logs.push(showLog(log, logIndex++, frame.calls.length));
    },
    programLog(_address, line) {
      if (!onlyTopCall || stack.length === 1) stack.at(-1)?.lines.push(line);
    },
    step() {},
    selfDestruct(from, beneficiary, value) {
      if (!onlyTopCall) stack.at(-1)?.calls.push(showSelfDestruct(from, beneficiary, value));
    },
    root(transaction) {
      const { batch, gasLimit, gasUsed } = transaction;
      const last = tops.at(-1);
      if (batch === undefined && last === undefined) return undefined;
      const result = transaction.result ?? last?.result ?? nothingRan;
      // The last word on the transaction may be an environment's, which undoes frames that succeeded.
      if (result.kind !== "success") for (const { frame } of tops) dropLogs(frame);
      if (batch === undefined) return showFrame({ ...(last as TopFrame).frame, result }, gasLimit, gasUsed);
      return {
        type: "CALL",
        from: addressToHex(batch.sender),
        // As in the transaction itself: without a recipient tools take it for a deployment.
        to: addressToHex(zeroAddress),
        value: "0x0",
        gas: toQuantity(gasLimit),
        gasUsed: toQuantity(gasUsed),
        input: bytesToHex(batch.input),
        ...showOutcome(result),
        ...(onlyTopCall || tops.length === 0 ? {} : { calls: tops.map(closeFrame) }),
      };
    },
  };
}

const nothingRan: ExecutionResult = { kind: "success", gasLeft: 0n, gasRefund: 0n, output: new Uint8Array(0) };

function closeFrame({ frame, result }: TopFrame): CallFrame {
  const { gas } = frame.message;
  return showFrame({ ...frame, result }, gas, gas - gasLeftOf(result));
}

/** What a failed frame and its children emitted did not happen. Each log is dropped once, however many frames failed around it. */
function dropLogs(frame: OpenFrame): void {
  if (!frame.hasLogs) return;
  frame.hasLogs = false;
  frame.logs = [];
  frame.calls = frame.calls.map(withoutLogs);
}
