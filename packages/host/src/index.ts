export type { BlockExecution, BlockRequest, ExecutedTransaction, InvalidTransaction } from "./block-execution.ts";
export { assertConserved, totalBalance, type ConservationCheck } from "./conservation.ts";
export {
  createHostExecutor,
  type CallExecution,
  type CallExecutionOptions,
  type HostExecutor,
  type HostExecutorOptions,
} from "./executor.ts";
export type { ExecutionOptions } from "./execution-options.ts";
export { createHost, type HostOptions } from "./create-host.ts";
export { resolveInvolved, type StateAfter } from "./involved-accounts.ts";
export { defaultMemoryBudget, defaultReentryLimit } from "./limits.ts";
export { systemAddress, systemCallGas, type SystemCall } from "./system-call.ts";
