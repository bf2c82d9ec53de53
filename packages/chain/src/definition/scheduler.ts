/** How the transactions of a block are run, for `scheduler` of a chain definition. The block is the same either way (law 4). */
import { availableParallelism } from "node:os";
import type { SchedulerOptions } from "./chain-definition.ts";

/** Workers of a chain at most: each thread has a stack of 256 MiB and environments of its own. */
export const mostWorkers = 256;

/** What `parallel` takes. */
export interface ParallelOptions {
  /** Those that run a block: the calling thread, and threads beside it. As many as the machine has cores by default. */
  readonly workers?: number;
  /** Whether every block goes to the threads, quicker or not: for tests and measurements. False by default. */
  readonly always?: boolean;
}

/** One transaction after the other, on the calling thread. */
export function serial(): SchedulerOptions {
  return { kind: "serial" };
}

/** On worker threads beside the calling one, where that is expected to be quicker: it is measured as blocks run, both ways. */
export function parallel(options: ParallelOptions = {}): SchedulerOptions {
  // All that was given, so that `defineChain` sees a name that is wrong.
  return { always: false, ...options, kind: "parallel", workers: options.workers ?? Math.min(availableParallelism(), mostWorkers) };
}
