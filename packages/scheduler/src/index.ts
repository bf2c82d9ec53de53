export { createConflictHints, type ConflictHints } from "./choice/conflict-hints.ts";
export {
  createExecutionChoice,
  type Choice,
  type ChoiceCause,
  type ExecutionChoice,
  type ExecutionChoiceOptions,
} from "./choice/execution-choice.ts";
export { allSources, loadSource } from "./load-source.ts";
export { BlockMemory } from "./memory/block-memory.ts";
export { MemorySpent, type BlockMemoryHandle } from "./memory/block-progress.ts";
export { createBlockMemory, type BlockMemorySize } from "./memory/create-block-memory.ts";
export { Blocked, VersionedState } from "./memory/versioned-state.ts";
export type { BlockBody, BodyResult, BodyRoom } from "./schedule/block-body.ts";
export { BlockWorker, type BlockWorkerParts, type PlantedFaults, type StepResult, type WorkerEvents } from "./schedule/block-worker.ts";
export {
  createBlockPool,
  type BlockPool,
  type BlockPoolSetup,
  type GivenUp,
  type PooledBlock,
  type PooledRun,
} from "./threads/block-pool.ts";
export type { PlantedDelays } from "./threads/delayed-memory.ts";
export type { PlantedTrouble } from "./threads/thread-protocol.ts";
export { decodeOutcome } from "./outcome/decode-outcome.ts";
export { encodeOutcome } from "./outcome/encode-outcome.ts";
export { prepareBatch } from "./prepare/prepare-batch.ts";
export { createPreparePool, type PrepareCounts, type PreparePool, type PreparePoolOptions } from "./prepare/prepare-pool.ts";
export type { BlockReport, ConflictCount, RunOutcome, RunReport, TransactionRuns } from "./events/block-report.ts";
export { toChromeTrace, type ChromeTrace, type ChromeTraceEvent } from "./events/chrome-trace.ts";
export { drawLanes, type DrawLanesOptions } from "./events/draw-lanes.ts";
export { reportOf, type ReportParts } from "./events/report-of.ts";
export { unwatchedRun, watchSerialRun, type RunRecord, type SerialWatch } from "./events/run-record.ts";
export { summaryOf, type RunSummary } from "./events/run-summary.ts";
export { eventsOf, type SchedulerEvent, type SchedulerRunEvent } from "./events/scheduler-event.ts";
