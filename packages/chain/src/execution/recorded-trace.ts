/** Traces as data: what tracers were told in one run, to tell it to others when the run has ended well. */
import { outputOf, TriremeError } from "@trireme/core";
import type { ChainTracer, TouchedAccount } from "../chain.ts";

/** One call of a tracer's method. */
export type TraceEvent = {
  readonly [Name in keyof TracerMethods]: { readonly method: Name; readonly args: Parameters<TracerMethods[Name]> };
}[keyof TracerMethods];

type TracerMethods = Required<Pick<ChainTracer, "enter" | "exit" | "units" | "log" | "programLog" | "step" | "selfDestruct" | "touched">>;

/** What of a tracer the thread that runs must know. */
export type TracerWishes = Pick<ChainTracer, "wantsSteps" | "wantsMemory" | "wantsTouches">;

/** Tracers that write down what they are told. */
export interface TraceRecorder {
  readonly tracers: readonly ChainTracer[];
  /** What each was told. @throws TriremeError `LIMIT_EXCEEDED` when it was too much to keep */
  traces(): readonly (readonly TraceEvent[])[];
}

/** Events kept over all tracers: steps of a long run would not fit the memory. */
const maxEvents = 1_000_000;
/** Bytes of input, output and logs kept over all tracers: a call costs little gas, however much memory is its input. */
const maxBytes = 64 * 1024 * 1024;

/** Makes a recorder with one tracer for each of the given wishes. */
export function createTraceRecorder(wishes: readonly TracerWishes[]): TraceRecorder {
  let count = 0;
  let bytes = 0;
  const traces = wishes.map((): TraceEvent[] => []);
  const tracers = wishes.map(({ wantsSteps, wantsMemory, wantsTouches }, index): ChainTracer => {
    // A tracer never changes an outcome, so what is too much is only counted until the run has ended.
    const note = (event: TraceEvent): void => {
      bytes += bytesIn(event);
      if (++count <= maxEvents && bytes <= maxBytes) traces[index]?.push(event);
    };
    return {
      wantsSteps,
      wantsMemory,
      wantsTouches,
      enter: (...args) => note({ method: "enter", args }),
      exit: (...args) => note({ method: "exit", args }),
      units: (...args) => note({ method: "units", args }),
      log: (...args) => note({ method: "log", args }),
      programLog: (...args) => note({ method: "programLog", args }),
      step: (...args) => note({ method: "step", args }),
      selfDestruct: (...args) => note({ method: "selfDestruct", args }),
      touched: (...args) => note({ method: "touched", args }),
    };
  });
  return {
    tracers,
    traces: () => {
      if (count > maxEvents) throw new TriremeError("LIMIT_EXCEEDED", `expected a trace of at most ${maxEvents} events, got ${count}`);
      if (bytes > maxBytes) throw new TriremeError("LIMIT_EXCEEDED", `expected a trace of at most ${maxBytes} bytes, got ${bytes}`);
      return traces;
    },
  };
}

/** Bytes of an account meta. */
const metaBytes = 34;

/** Bytes that an event holds beyond its fixed part. */
function bytesIn(event: TraceEvent): number {
  switch (event.method) {
    case "enter": {
      const [message] = event.args;
      if (message.kind === "instruction") return message.data.length + metaBytes * message.accounts.length;
      return (message.kind === "call" ? message.input : message.initCode).length;
    }
    case "exit":
      return outputOf(event.args[0]).length;
    case "log":
      return event.args[0].data.length;
    case "programLog":
      return event.args[1].length;
    case "touched":
      return event.args[0].reduce((sum, account) => sum + bytesOf(account), 0);
    case "units":
    case "step":
    case "selfDestruct":
    default:
      return 0;
  }
}

function bytesOf({ before, after, slots }: TouchedAccount): number {
  return before.code.length + after.code.length + 96 * slots.length;
}

/** Tells tracers what others wrote down. */
export function replayTraces(traces: readonly (readonly TraceEvent[])[], tracers: readonly ChainTracer[]): void {
  for (const [index, events] of traces.entries()) {
    const tracer = tracers[index] as ChainTracer;
    for (const { method, args } of events) (tracer[method] as ((...given: readonly unknown[]) => void) | undefined)?.(...args);
  }
}
