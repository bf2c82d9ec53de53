/** What goes between the pool and its threads. Everything survives a structured clone within one process. */
import type { Address, BlockContext, EnvironmentSource } from "@trireme/core";
import type { SharedStateHandle } from "@trireme/state";
import type { EventBuffer } from "../events/event-buffer.ts";
import type { BlockMemoryHandle } from "../memory/block-progress.ts";
import type { PlantedFaults } from "../schedule/block-worker.ts";
import type { PlantedDelays } from "./delayed-memory.ts";

/** What a thread is started with: enough to make the same executor. */
export interface BlockThreadSetup {
  readonly environments: readonly EnvironmentSource[];
  readonly formats: readonly EnvironmentSource[];
  readonly reentryLimit: number;
  /** In bytes. */
  readonly memoryBudget: number;
  readonly chainId: bigint;
  readonly state: SharedStateHandle;
  /** Its number in the pool, from 1 on: the thread that asks for blocks is 0. */
  readonly worker: number;
}

/** What tests plant in one block: no chain's definition reaches it. */
export interface PlantedTrouble {
  /** So many workers take part, the first ones. */
  readonly workers?: number;
  /** Size of the block's memory beside its transactions' words. */
  readonly bytes?: number;
  readonly delays?: PlantedDelays;
  readonly faults?: PlantedFaults;
}

/** A block to work on; its transactions and what lies over the head's state are in the memory. */
export interface BlockTask {
  readonly id: number;
  readonly memory: BlockMemoryHandle;
  readonly context: BlockContext;
  readonly blobGasLimit: bigint;
  /** Hashes of the blocks before, newest first, 32 bytes each. */
  readonly blockHashes: Uint8Array;
  readonly planted: PlantedTrouble | undefined;
  /** Where each thread writes what it does. */
  readonly events: readonly EventBuffer[];
  /** `process.hrtime.bigint()` at the begin of the block. */
  readonly began: bigint;
}

/** Accounts whose code the next blocks are likely to run: to be compiled between blocks. Nobody waits for an answer. */
export interface AheadTask {
  readonly addresses: readonly Address[];
  /** The next block's, as far as it is known. */
  readonly context: BlockContext;
}

/** A thread has nothing more to do for a block. `error`: it gave the block up, for this reason. */
export interface BlockThreadReply {
  /** 0 when it has been set up. */
  readonly id: number;
  readonly error?: string;
}
