/** Gives a call up when it takes too long: gas bounds the work of a call only roughly, as its time per gas differs widely. */
import { TriremeError, type Tracer } from "@trireme/core";

/** Steps between two looks at the clock. */
const stepsPerLook = 4_096;

/**
 * The tracer, or one that hears nothing, which looks at the clock at every frame. A frame that calls nobody is bounded
 * by its gas alone. For calls only, never for blocks: what a block does depends on no clock.
 */
export function withDeadline(tracer: Tracer | undefined, deadline: Deadline): Tracer {
  let steps = 0;
  const look = (): void => {
    if (Date.now() < deadline.at) return;
    throw new TriremeError(
      "LIMIT_EXCEEDED",
      `execution aborted (timeout = ${deadline.milliseconds / 1000}s): expected a call that takes less time`,
    );
  };
  return {
    wantsSteps: tracer?.wantsSteps ?? false,
    wantsMemory: tracer?.wantsMemory ?? false,
    enter(message, environment) {
      look();
      tracer?.enter(message, environment);
    },
    exit: (result) => tracer?.exit(result),
    units: (use) => tracer?.units?.(use),
    log: (log) => tracer?.log(log),
    programLog: (address, line) => tracer?.programLog?.(address, line),
    step(step) {
      if (++steps % stepsPerLook === 0) look();
      tracer?.step(step);
    },
    selfDestruct: (from, beneficiary, value) => tracer?.selfDestruct(from, beneficiary, value),
  };
}

/** Until when a call may run: plain data, the same on every thread. */
export interface Deadline {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was allowed in all. */
  readonly milliseconds: number;
}
