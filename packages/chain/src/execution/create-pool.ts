/** The threads that run a chain's blocks, where its definition asks for them. */
import type { FormatDescriptor } from "@trireme/core";
import type { HostExecutor } from "@trireme/host";
import { allSources, createBlockPool, type BlockPool } from "@trireme/scheduler";
import type { SharedStateHandle } from "@trireme/state";
import type { ChainDefinition } from "../definition/chain-definition.ts";

/** `executor` is the calling thread's. Undefined where blocks run serially, or where an environment or a format cannot be made on another thread. */
export function createPool(
  definition: ChainDefinition,
  formats: readonly FormatDescriptor[],
  state: SharedStateHandle,
  executor: HostExecutor,
): BlockPool | undefined {
  const { scheduler, environments, limits, chainId } = definition;
  if (scheduler.kind === "serial") return undefined;
  const environmentSources = allSources(environments);
  const formatSources = allSources(formats);
  if (environmentSources === undefined || formatSources === undefined) return undefined;
  const { reentries, transactionMemory } = limits;
  const setup = {
    environments: environmentSources,
    formats: formatSources,
    reentryLimit: reentries,
    memoryBudget: transactionMemory,
    chainId,
    state,
  };
  return createBlockPool(setup, {
    formatNames: formats.map(({ id }) => id),
    workers: scheduler.workers ?? 1,
    executor,
    always: scheduler.always === true,
  });
}
