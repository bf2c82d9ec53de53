/** A trace as data: what a tracer was told on one thread, to tell it to another on the next. */
import type { Tracer } from "@trireme/core";

/** One call of a tracer's method. */
export type TraceEvent = {
  readonly [Name in keyof TracerMethods]: { readonly method: Name; readonly args: Parameters<TracerMethods[Name]> };
}[keyof TracerMethods];

type TracerMethods = Pick<Tracer, "enter" | "exit" | "log" | "step" | "selfDestruct">;

/** What of a tracer the thread that runs must know. */
export type TracerWishes = Pick<Tracer, "wantsSteps" | "wantsMemory">;

/** A tracer with the same wishes that writes down what it is told. */
export function recordingTracer({ wantsSteps, wantsMemory }: TracerWishes, events: TraceEvent[]): Tracer {
  return {
    wantsSteps,
    wantsMemory,
    enter: (...args) => void events.push({ method: "enter", args }),
    exit: (...args) => void events.push({ method: "exit", args }),
    log: (...args) => void events.push({ method: "log", args }),
    step: (...args) => void events.push({ method: "step", args }),
    selfDestruct: (...args) => void events.push({ method: "selfDestruct", args }),
  };
}

/** Tells a tracer what another one wrote down. */
export function replayTrace(events: readonly TraceEvent[], tracer: Tracer): void {
  for (const { method, args } of events) (tracer[method] as (...given: readonly unknown[]) => void)(...args);
}
