/** The threads that read a chain's transactions ahead, where its definition asks for threads. */
import type { FormatDescriptor } from "@trireme/core";
import { allSources, createPreparePool, type PreparePool } from "@trireme/scheduler";
import type { ChainDefinition } from "../definition/chain-definition.ts";

/**
 * Undefined where a chain is serial, has one worker, or a format that cannot be made on another thread. The calling thread
 * takes its share, so there is one thread less than workers; they start with the first batch.
 */
export function preparePoolOf({ scheduler, chainId }: ChainDefinition, formats: readonly FormatDescriptor[]): PreparePool | undefined {
  const workers = scheduler.kind === "parallel" ? (scheduler.workers ?? 1) : 1;
  if (workers < 2 || allSources(formats) === undefined) return undefined;
  return createPreparePool({ formats, rules: { chainId }, workers: workers - 1 });
}
