/** A thread with a large stack, for executions that overflow the calling thread's. */
import { Worker } from "node:worker_threads";
import { TriremeError, type FormatDescriptor, type Hash } from "@trireme/core";
import { allSources } from "@trireme/scheduler";
import type { SharedStateHandle, StateDiff } from "@trireme/state";
import type { ChainTracer } from "../chain.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import type { ExecutionTask, TaskResult } from "./execution-task.ts";
import { replayTraces } from "./recorded-trace.ts";
import { errorFromThread, type ThreadReply, type ThreadRequest, type ThreadSetup } from "./thread-protocol.ts";

/** Stack of the thread in MiB: 1,024 frames may take 256 KiB each. */
const stackSizeMb = 256;

/** What a task needs beside the shared head state. */
export interface ThreadInput {
  /** Changes over the head's state. */
  readonly overlay: StateDiff;
  readonly blockHashes: readonly (readonly [bigint, Hash])[];
  readonly tracers: readonly ChainTracer[];
}

/** @see createLargeStackThread */
export interface LargeStackThread {
  /** Runs a task there; the thread is started by the first one. @throws (rejects) what the task threw */
  run<Task extends ExecutionTask>(task: Task, input: ThreadInput): Promise<TaskResult<Task["kind"]>>;
  close(): Promise<void>;
}

/**
 * The thread of a chain, not started yet. Undefined when an environment or a format does not say how to make it on
 * another thread: an overflow is then final.
 */
export function createLargeStackThread(
  definition: ChainDefinition,
  formats: readonly FormatDescriptor[],
  state: SharedStateHandle,
): LargeStackThread | undefined {
  const environmentSources = allSources(definition.environments);
  const formatSources = allSources(formats);
  if (environmentSources === undefined || formatSources === undefined) return undefined;
  const { reentries, transactionMemory } = definition.limits;
  const setup: ThreadSetup = {
    environments: environmentSources,
    formats: formatSources,
    reentryLimit: reentries,
    memoryBudget: transactionMemory,
    state,
  };
  const waiting = new Map<number, { readonly done: (reply: ThreadReply) => void; readonly failed: (error: Error) => void }>();
  let worker: Worker | undefined;
  let lastId = 0;

  const start = (): Worker => {
    const started = startWorker(setup);
    const fail = (cause: unknown): void => {
      if (worker === started) worker = undefined;
      const text = cause instanceof Error ? cause.message : String(cause);
      for (const { failed } of waiting.values())
        failed(new TriremeError("HOST_FAULT", `expected the thread with the large stack to answer, it ended: ${text}`, { cause }));
      waiting.clear();
    };
    started.on("message", (reply: ThreadReply) => {
      waiting.get(reply.id)?.done(reply);
      waiting.delete(reply.id);
      // An idle thread does not keep the process alive.
      if (waiting.size === 0) started.unref();
    });
    started.on("error", fail);
    started.on("exit", (code) => fail(`exit code ${code}`));
    return started;
  };

  return {
    run: async <Task extends ExecutionTask>(
      task: Task,
      { overlay, blockHashes, tracers }: ThreadInput,
    ): Promise<TaskResult<Task["kind"]>> => {
      const thread = (worker ??= start());
      const request: ThreadRequest = {
        id: ++lastId,
        task,
        overlay,
        blockHashes,
        tracers: tracers.map(({ wantsSteps, wantsMemory, wantsTouches }) => ({ wantsSteps, wantsMemory, wantsTouches })),
      };
      const reply = await new Promise<ThreadReply>((done, failed) => {
        waiting.set(request.id, { done, failed });
        thread.ref();
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin
        thread.postMessage(request);
      });
      if (reply.kind === "failed") throw errorFromThread(reply.error);
      replayTraces(reply.traces, tracers);
      return reply.result as TaskResult<Task["kind"]>;
    },
    close: async () => {
      await worker?.terminate();
      worker = undefined;
    },
  };
}

/** From source the entry registers a loader for TypeScript first; from dist it is the compiled worker. */
function startWorker(setup: ThreadSetup): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  return new Worker(new URL(isSource ? "./large-stack-worker.mjs" : "./large-stack-worker.js", import.meta.url), {
    workerData: setup,
    resourceLimits: { stackSizeMb },
    ...(isSource ? { execArgv: ["--conditions=source"] } : {}),
  });
}
