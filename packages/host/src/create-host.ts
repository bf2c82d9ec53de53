/** A Host over a journal, outside of any transaction: for tests, tools and the conformance suite of environments. */
import type { BlockContext, ExecutionEnvironment, Host, TransactionContext } from "@trireme/core";
import type { Journal } from "@trireme/state";
import { ExecutionHost } from "./execution-host.ts";
import type { ExecutionOptions } from "./execution-options.ts";
import { defaultMemoryBudget, defaultReentryLimit } from "./limits.ts";
import { createEnvironmentRegistry } from "./registry.ts";

/** What a host runs in. */
export interface HostOptions extends ExecutionOptions {
  readonly environments: readonly ExecutionEnvironment[];
  readonly journal: Journal;
  readonly block: BlockContext;
  readonly transaction: TransactionContext;
  readonly reentryLimit?: number;
  /** In bytes. */
  readonly memoryBudget?: number;
}

/** The caller answers for `beginTransaction` and `endTransaction` of the journal. @throws TriremeError `INVALID_CONFIGURATION` */
export function createHost(options: HostOptions): Host {
  const { environments, journal, block, transaction, tracer } = options;
  return new ExecutionHost({
    registry: createEnvironmentRegistry(environments),
    journal,
    block,
    transaction,
    tracer,
    getBlockHash: options.getBlockHash ?? (() => undefined),
    reentryLimit: options.reentryLimit ?? defaultReentryLimit,
    memoryBudget: options.memoryBudget ?? defaultMemoryBudget,
  });
}
