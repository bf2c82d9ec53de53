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

/** Bounds on what a trace holds. */
export interface StructLogBounds {
  readonly steps: number;
  /** Words of stack, memory and storage over all steps: a step may carry a thousand, and megabytes of memory. */
  readonly words: number;
}

/**
 * Makes a tracer for one run. It ends a run that goes past a bound, unless its caller set a limit on steps that keeps it
 * below: the trace could not be given, and to go on would keep the node busy for nothing.
 * @throws TriremeError `LIMIT_EXCEEDED` out of `step`
 */
export function createStructLogTracer(options: Partial<StructLogOptions>, bounds: StructLogBounds): StructLogTracer {
  const { disableStack = false, disableStorage = false, enableMemory = false, limit = 0 } = options;
  const logs: StructLog[] = [];
  const storage = new Map<Hex, Map<Hex, Hex>>();
  let load: { readonly log: StructLog | undefined; readonly key: Hex; readonly address: Hex; readonly depth: number } | undefined;
  let last: StructLog | undefined;
  let words = 0;

  function count(more: number): void {
    words += more;
    if (words > bounds.words) throw tooMuch(`${bounds.words} words of stack, memory and storage`, "disableStack, disableStorage, or limit");
  }

  function touch(address: Hex, key: Hex, value: Hex, log: StructLog | undefined): void {
    const slots = storage.get(address) ?? new Map<Hex, Hex>();
    storage.set(address, slots.set(key, value));
    if (log === undefined) return;
    count(slots.size);
    log.storage = Object.fromEntries(slots);
  }

  function record(step: TraceStep): StructLog | undefined {
    if (limit > 0 && logs.length >= limit) return undefined;
    if (logs.length >= bounds.steps) throw tooMuch(`${bounds.steps} steps`, "callTracer, or limit");
    count((disableStack ? 0 : (step.stack?.length ?? 0)) + (enableMemory ? Math.ceil((step.memory?.length ?? 0) / 32) : 0));
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

function tooMuch(bound: string, remedy: string): TriremeError {
  return new TriremeError("LIMIT_EXCEEDED", `expected a trace of at most ${bound}, got more: ask for ${remedy}`);
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
