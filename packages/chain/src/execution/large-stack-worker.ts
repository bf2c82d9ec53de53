/** The other thread: makes the chain's environments and formats again and runs tasks over the shared head state. */
import { parentPort, workerData } from "node:worker_threads";
import type { EnvironmentDescriptor, FormatDescriptor } from "@trireme/core";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { loadSource } from "@trireme/scheduler";
import { openSharedState, type SharedState } from "@trireme/state";
import { createSimulationFormat } from "../calls/simulation-format.ts";
import { overlayReader } from "../ledger/overlay-reader.ts";
import { runTask } from "./execution-task.ts";
import { createTraceRecorder } from "./recorded-trace.ts";
import { threadErrorFrom, type ThreadReply, type ThreadRequest, type ThreadSetup } from "./thread-protocol.ts";

interface Thread {
  readonly executor: HostExecutor;
  readonly state: SharedState;
}

async function setUp(setup: ThreadSetup): Promise<Thread> {
  const environments = await Promise.all(setup.environments.map((source) => loadSource<EnvironmentDescriptor>(source)));
  const formats = await Promise.all(setup.formats.map((source) => loadSource<FormatDescriptor>(source)));
  const executor = createHostExecutor({
    environments: environments.map(({ create }) => create()),
    formats: [...formats.map(({ create }) => create()), createSimulationFormat()],
    reentryLimit: setup.reentryLimit,
    memoryBudget: setup.memoryBudget,
  });
  return { executor, state: openSharedState(setup.state) };
}

function run({ executor, state }: Thread, { id, task, overlay, blockHashes, tracers }: ThreadRequest): ThreadReply {
  const recorder = createTraceRecorder(tracers);
  const hashes = new Map(blockHashes);
  try {
    const result = runTask(task, {
      executor,
      reader: overlayReader(state, overlay),
      getBlockHash: (number) => hashes.get(number),
      tracers: recorder.tracers,
    });
    return { id, kind: "done", result, traces: recorder.traces() };
  } catch (error) {
    return { id, kind: "failed", error: threadErrorFrom(error) };
  }
}

// Without a set-up the thread would answer nothing: a failure in it ends the thread, which the other side sees.
const thread = setUp(workerData as ThreadSetup);
parentPort?.on("message", (request: ThreadRequest) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin
  void thread.then((ready) => parentPort?.postMessage(run(ready, request)));
});
