/** How the transactions of a block are run, for `scheduler` of a chain definition. The block is the same either way (law 4). */
import { availableParallelism } from "node:os";
import type { SchedulerOptions } from "./chain-definition.ts";

/** One transaction after the other, on the calling thread. */
export function serial(): SchedulerOptions {
  return { kind: "serial" };
}

/** On `workers` threads, as many as the machine has cores by default; small and hopeless blocks serially. */
export function parallel({ workers }: { readonly workers?: number } = {}): SchedulerOptions {
  return { kind: "parallel", workers: workers ?? availableParallelism() };
}
