/** A thread of the pool: makes the chain's environments and formats and works on one block after the other. */
import { parentPort, workerData } from "node:worker_threads";
import type { EnvironmentDescriptor, FormatDescriptor, Hash, TransactionFormat } from "@trireme/core";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { openSharedState, type SharedState } from "@trireme/state";
import { createBlockClock, createEventRecorder } from "../events/event-recorder.ts";
import { loadSource } from "../load-source.ts";
import { BlockMemory, MemorySpent } from "../memory/block-memory.ts";
import { blockState, parentState } from "../memory/layout.ts";
import { createKnownCode, VersionedState, type KnownCode } from "../memory/versioned-state.ts";
import { BlockWorker } from "../schedule/block-worker.ts";
import { DelayedMemory } from "./delayed-memory.ts";
import { createAheadCompiler, type AheadCompiler } from "./ahead-compiler.ts";
import type { AheadTask, BlockTask, BlockThreadReply, BlockThreadSetup } from "./thread-protocol.ts";
import { createTransactionBody } from "./transaction-body.ts";

interface Thread {
  readonly setup: BlockThreadSetup;
  readonly executor: HostExecutor;
  readonly formats: readonly TransactionFormat[];
  readonly state: SharedState;
  readonly knownCode: KnownCode;
  readonly aheadCompiler: AheadCompiler;
}

/** Steps without work before a thread sleeps until something changes. */
const spins = 200;
/** Milliseconds after which a sleeping thread looks again, should it have missed a change. */
const patience = 2;

async function setUp(setup: BlockThreadSetup): Promise<Thread> {
  const environments = await Promise.all(setup.environments.map((source) => loadSource<EnvironmentDescriptor>(source)));
  const descriptors = await Promise.all(setup.formats.map((source) => loadSource<FormatDescriptor>(source)));
  const formats = descriptors.map(({ create }) => create());
  const { reentryLimit, memoryBudget } = setup;
  const executor = createHostExecutor({ environments: environments.map(({ create }) => create()), formats, reentryLimit, memoryBudget });
  const state = openSharedState(setup.state);
  return { setup, executor, formats, state, knownCode: createKnownCode(), aheadCompiler: createAheadCompiler(executor, state) };
}

/** Works until the block is done or given up. */
function work(thread: Thread, { memory: handle, context, blobGasLimit, blockHashes, events, began, planted }: BlockTask): void {
  const { worker, chainId } = thread.setup;
  const memory = planted?.delays === undefined ? new BlockMemory(handle) : new DelayedMemory(handle, planted.delays, worker);
  const state = new VersionedState(memory, thread.state, thread.knownCode);
  const { executor, formats } = thread;
  const getBlockHash = (number: bigint): Hash | undefined => {
    if (number === context.number - 1n && memory.parent !== parentState.given) {
      state.needParent();
      return memory.parentHash as Hash;
    }
    const place = Number(context.number - 1n - number) * 32;
    return place < 0 || place >= blockHashes.length ? undefined : (blockHashes.slice(place, place + 32) as Hash);
  };
  const body = createTransactionBody({ memory, state, executor, formats, chainId, context, blobGasLimit, getBlockHash });
  const buffer = events[worker];
  const recorder = buffer === undefined ? {} : { events: createEventRecorder(buffer, createBlockClock(began)) };
  const part = new BlockWorker({
    memory,
    state,
    body,
    ...recorder,
    ...(planted?.faults === undefined ? {} : { faults: planted.faults }),
  });
  let idle = 0;
  for (;;) {
    const seen = memory.changes;
    const result = part.step();
    if (result === "done") return;
    if (result === "worked") idle = 0;
    else if (++idle > spins && memory.state !== blockState.done) memory.sleep(seen, patience);
  }
}

function serve(thread: Thread, task: BlockTask): BlockThreadReply {
  try {
    work(thread, task);
    return { id: task.id };
  } catch (error) {
    new BlockMemory(task.memory).breakUp();
    const text = error instanceof MemorySpent ? "MemorySpent" : error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { id: task.id, error: text };
  }
}

// Without a set-up the thread would answer nothing: a failure in it ends the thread, which the other side sees.
const thread = setUp(workerData as BlockThreadSetup);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin
void thread.then(() => parentPort?.postMessage({ id: 0 } satisfies BlockThreadReply));
parentPort?.on("message", (task: BlockTask | AheadTask) => {
  void thread.then((ready) => {
    if (!("id" in task)) return ready.aheadCompiler.add(task);
    ready.aheadCompiler.forget();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin
    return parentPort?.postMessage(serve(ready, task));
  });
});
