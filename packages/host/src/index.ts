export type { BlockExecution, BlockRequest, ExecutedTransaction, InvalidTransaction } from "./block-execution.ts";
export { assertConserved, totalBalance, type ConservationCheck } from "./conservation.ts";
export {
  createHostExecutor,
  defaultMemoryBudget,
  defaultReentryLimit,
  type CallExecution,
  type CallExecutionOptions,
  type ExecutionOptions,
  type HostExecutor,
  type HostExecutorOptions,
} from "./executor.ts";
export { isStackOverflow } from "./host-fault.ts";
export { systemAddress, systemCallGas, type SystemCall } from "./system-call.ts";
