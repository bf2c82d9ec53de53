/** A worker's part in a block, on a thread of the pool or on the one that asked for the block. */
import type { Hash, Transaction, TransactionOutcome } from "@trireme/core";
import type { HostExecutor } from "@trireme/host";
import type { StateReader } from "@trireme/state";
import { createBlockClock, createEventRecorder } from "../events/event-recorder.ts";
import { BlockMemory } from "../memory/block-memory.ts";
import type { BlockMemoryHandle } from "../memory/block-progress.ts";
import { parentState } from "../memory/layout.ts";
import { VersionedState, type KnownCode } from "../memory/versioned-state.ts";
import { BlockWorker } from "../schedule/block-worker.ts";
import { DelayedMemory } from "./delayed-memory.ts";
import type { BlockTask, PlantedTrouble } from "./thread-protocol.ts";
import { createTransactionBody } from "./transaction-body.ts";

/** Steps without work before a worker sleeps until something changes. */
export const spins = 200;

/** What a worker brings to every block. */
export interface PartOwner {
  /** Its number in the pool. */
  readonly worker: number;
  readonly executor: HostExecutor;
  /** Of the head. */
  readonly state: StateReader;
  readonly knownCode: KnownCode;
}

/** How a worker comes by transactions, and what becomes of their outcomes. */
export interface PartWays {
  readonly transactionAt: (index: number) => Transaction;
  /** Bytes that are left in the memory of the block; none for an outcome that stays on this thread. */
  readonly keepOutcome: (index: number, outcome: TransactionOutcome) => Uint8Array;
  /** @see BlockWorkerParts.handsOn */
  readonly handsOn?: (error: unknown) => boolean;
  /** @see BlockWorkerParts.isBrief */
  readonly isBrief?: boolean;
}

/** Opens the memory of a block for a worker, slow at odd moments where a test wants it. */
export function openBlockMemory(handle: BlockMemoryHandle, worker: number, planted: PlantedTrouble | undefined): BlockMemory {
  return planted?.delays === undefined ? new BlockMemory(handle) : new DelayedMemory(handle, planted.delays, worker);
}

/** Makes the worker of a block. */
export function createBlockPart(
  { worker, executor, state: base, knownCode }: PartOwner,
  memory: BlockMemory,
  { context, blobGasLimit, blockHashes, events, began, planted }: BlockTask,
  { transactionAt, keepOutcome, handsOn, isBrief = false }: PartWays,
): BlockWorker {
  const state = new VersionedState(memory, base, knownCode);
  const getBlockHash = (number: bigint): Hash | undefined => {
    if (number === context.number - 1n && memory.parent !== parentState.given) {
      state.needParent();
      return memory.parentHash as Hash;
    }
    const place = Number(context.number - 1n - number) * 32;
    return place < 0 || place >= blockHashes.length ? undefined : (blockHashes.slice(place, place + 32) as Hash);
  };
  const body = createTransactionBody({ memory, state, executor, transactionAt, keepOutcome, context, blobGasLimit, getBlockHash });
  const buffer = events[worker];
  return new BlockWorker({
    memory,
    state,
    body,
    isBrief,
    ...(buffer === undefined ? {} : { events: createEventRecorder(buffer, createBlockClock(began)) }),
    ...(planted?.faults === undefined ? {} : { faults: planted.faults }),
    ...(handsOn === undefined ? {} : { handsOn }),
  });
}
