/** A thread of the pool: makes the chain's environments and formats and works on one block after the other. */
import { parentPort, workerData } from "node:worker_threads";
import type { EnvironmentDescriptor, FormatDescriptor, Transaction, TransactionFormat } from "@trireme/core";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { openSharedState, type SharedState } from "@trireme/state";
import { loadSource } from "../load-source.ts";
import { BlockMemory } from "../memory/block-memory.ts";
import { blockState } from "../memory/layout.ts";
import { createKnownCode, type KnownCode } from "../memory/versioned-state.ts";
import { encodeOutcome } from "../outcome/encode-outcome.ts";
import { createAheadCompiler, type AheadCompiler } from "./ahead-compiler.ts";
import { decodeInput, readInput } from "./block-inputs.ts";
import { createBlockPart, openBlockMemory, spins } from "./block-part.ts";
import { failureText } from "./failure-text.ts";
import type { AheadTask, BlockTask, BlockThreadReply, BlockThreadSetup } from "./thread-protocol.ts";

interface Thread {
  readonly setup: BlockThreadSetup;
  readonly executor: HostExecutor;
  readonly formats: readonly TransactionFormat[];
  readonly state: SharedState;
  readonly knownCode: KnownCode;
  readonly aheadCompiler: AheadCompiler;
}

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
function work({ setup, formats, executor, state, knownCode }: Thread, task: BlockTask): void {
  const { worker, chainId } = setup;
  const memory = openBlockMemory(task.memory, worker, task.planted);
  const decoded = new Map<number, Transaction>();
  const part = createBlockPart({ worker, executor, state, knownCode }, memory, task, {
    transactionAt(index) {
      let transaction = decoded.get(index);
      if (transaction === undefined) decoded.set(index, (transaction = decodeInput(readInput(memory, index), formats, chainId)));
      return transaction;
    },
    keepOutcome: (_index, outcome) => encodeOutcome(outcome),
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
    return { id: task.id, error: failureText(error) };
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
