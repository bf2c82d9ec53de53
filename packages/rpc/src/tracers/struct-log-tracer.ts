/** Every instruction of a run, in the shape of geth's struct logs as execution-apis writes them down. */
import { addressToHex, bytesToHex, TriremeError, type ExecutionResult, type Hex, type Tracer, type TraceStep } from "@trireme/core";
import { toQuantity, toWord } from "../ethereum/format/quantity.ts";
import { failureMessage } from "../ethereum/format/revert-reason.ts";

/** geth's options of this tracer. */
export interface StructLogOptions {
  readonly disableStack: boolean;
  readonly disableStorage: boolean;
  readonly enableMemory: boolean;
  /** Steps to record; the others are left out. 0 is all. */
  readonly limit: number;
}

/** One instruction, before it ran. */
export interface StructLog {
  readonly pc: number;
  readonly op: string;
  readonly gas: number;
  readonly gasCost: number;
  /** 1 for the first frame. */
  readonly depth: number;
  /** Why the frame failed at this instruction. */
  error?: string;
  readonly stack?: readonly Hex[];
  readonly memory?: readonly Hex[];
  /** Slots of the contract that were read or written so far; at SLOAD and SSTORE. */
  storage?: Readonly<Record<Hex, Hex>>;
  readonly refund?: number;
}

/** Records instructions. */
export interface StructLogTracer extends Tracer {
  readonly logs: readonly StructLog[];
}

/**
 * Makes a tracer for one run that records at most `maximum` steps. It ends a run that has more, and whose caller set
 * no limit: the trace could not be given, and to go on would keep the node busy for nothing.
 * @throws TriremeError `LIMIT_EXCEEDED` out of `step`
 */
export function createStructLogTracer(options: Partial<StructLogOptions>, maximum: number): StructLogTracer {
  const { disableStack = false, disableStorage = false, enableMemory = false, limit = 0 } = options;
  const logs: StructLog[] = [];
  const storage = new Map<Hex, Record<Hex, Hex>>();
  let load: { readonly log: StructLog | undefined; readonly key: Hex; readonly address: Hex; readonly depth: number } | undefined;
  let last: StructLog | undefined;

  function touch(address: Hex, key: Hex, value: Hex, log: StructLog | undefined): void {
    const slots = { ...storage.get(address), [key]: value };
    storage.set(address, slots);
    if (log !== undefined) log.storage = slots;
  }

  function record(step: TraceStep): StructLog | undefined {
    if (limit > 0 && logs.length >= limit) return undefined;
    if (logs.length >= maximum) {
      throw new TriremeError("LIMIT_EXCEEDED", `expected a run of at most ${maximum} steps, got more: ask for callTracer, or set limit`);
    }
    const log = structLog(step, !disableStack, enableMemory);
    logs.push(log);
    return log;
  }

  return {
    wantsSteps: true,
    wantsMemory: enableMemory,
    logs,
    enter() {},
    exit(result) {
      markFailure(last, result);
      last = undefined;
    },
    log() {},
    step(step) {
      const { stack } = step;
      // The value that SLOAD gave lies on the stack of the next instruction of its frame.
      if (load !== undefined && load.depth === step.depth && stack !== undefined) {
        touch(load.address, load.key, toWord(stack.at(-1) ?? 0n), load.log);
      }
      load = undefined;
      const log = record(step);
      last = log;
      if (disableStorage || stack === undefined) return;
      if (step.operation === "SLOAD" && stack.length >= 1) {
        load = { log, key: toWord(stack.at(-1) as bigint), address: addressToHex(step.address), depth: step.depth };
      } else if (step.operation === "SSTORE" && stack.length >= 2) {
        touch(addressToHex(step.address), toWord(stack.at(-1) as bigint), toWord(stack.at(-2) as bigint), log);
      }
    },
    selfDestruct() {},
  };
}

function structLog(step: TraceStep, withStack: boolean, withMemory: boolean): StructLog {
  return {
    pc: step.pc,
    op: step.operation,
    gas: Number(step.gas),
    gasCost: Number(step.gasCost),
    depth: step.depth + 1,
    ...(withStack && step.stack !== undefined ? { stack: step.stack.map(toQuantity) } : {}),
    ...(withMemory && step.memory !== undefined ? { memory: words(step.memory) } : {}),
    ...(step.refund > 0n ? { refund: Number(step.refund) } : {}),
  };
}

/** A halt is the fault of the frame's last instruction; REVERT is none. */
function markFailure(log: StructLog | undefined, result: ExecutionResult): void {
  if (log === undefined || result.kind !== "halt") return;
  const message = failureMessage(result);
  if (message !== undefined) log.error = message;
}

function words(memory: Uint8Array): readonly Hex[] {
  const parts: Hex[] = [];
  for (let offset = 0; offset < memory.length; offset += 32) {
    const word = new Uint8Array(32);
    word.set(memory.subarray(offset, offset + 32));
    parts.push(bytesToHex(word));
  }
  return parts;
}
