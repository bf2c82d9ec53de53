/** What goes between the pool and its threads. Everything survives a structured clone within one process. */
import type { BlockContext, EnvironmentSource } from "@trireme/core";
import type { SharedStateHandle } from "@trireme/state";
import type { BlockMemoryHandle } from "../memory/block-memory.ts";

/** What a thread is started with: enough to make the same executor. */
export interface BlockThreadSetup {
  readonly environments: readonly EnvironmentSource[];
  readonly formats: readonly EnvironmentSource[];
  readonly reentryLimit: number;
  /** In bytes. */
  readonly memoryBudget: number;
  readonly chainId: bigint;
  readonly state: SharedStateHandle;
  /** Its number in the pool. */
  readonly worker: number;
}

/** A block to work on; its transactions and what lies over the head's state are in the memory. */
export interface BlockTask {
  readonly id: number;
  readonly memory: BlockMemoryHandle;
  readonly context: BlockContext;
  readonly blobGasLimit: bigint;
  /** Hashes of the blocks before, newest first, 32 bytes each. */
  readonly blockHashes: Uint8Array;
}

/** A thread has nothing more to do for a block. `error`: it gave the block up, for this reason. */
export interface BlockThreadReply {
  readonly id: number;
  readonly error?: string;
}
