export { blockDiff } from "./memory/block-diff.ts";
export { BlockMemory, createBlockMemory, MemorySpent, type BlockMemoryHandle, type BlockMemorySize } from "./memory/block-memory.ts";
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
export { decodeOutcome } from "./outcome/decode-outcome.ts";
export { encodeOutcome } from "./outcome/encode-outcome.ts";
