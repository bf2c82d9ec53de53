export type {
  AccountOverride,
  AccountState,
  Block,
  BlockRunSummary,
  BlockTag,
  CallOptions,
  CallOutcome,
  CallRequest,
  Chain,
  ChainBlockReport,
  ChainDevTools,
  ChainEvent,
  ChainScheduler,
  ChainTracer,
  DryRun,
  Mining,
  Receipt,
  SchedulerCounts,
  SerialCause,
  SimulatedBlock,
  SimulatedCall,
  SimulationBlock,
  SimulationOptions,
  StateView,
  SubmitResult,
  TouchedAccount,
} from "./chain.ts";
export { createChain, type CreateChainOptions } from "./create-chain.ts";
export type {
  ChainDefinition,
  ChainOptions,
  Composable,
  Fees,
  FeeOptions,
  Genesis,
  GenesisAccount,
  GenesisAccountOptions,
  GenesisOptions,
  LimitOptions,
  Limits,
  SchedulerOptions,
} from "./definition/chain-definition.ts";
export { defaultBlockGasLimit, defaultHistoryBlocks, defaultMaxReentries, defineChain } from "./definition/define-chain.ts";
export { parallel, serial } from "./definition/scheduler.ts";
export { ethereum, impersonated } from "./definition/ethereum-format.ts";
export { genesisRecord } from "./definition/genesis.ts";
export type { ReplayDifference } from "./replay/compare-block.ts";
export { replayChain, type ReplayOptions, type ReplayReport } from "./replay/replay-chain.ts";
export { transactionType } from "./block/assemble-block.ts";
