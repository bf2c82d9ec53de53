/**
 * Runs tasks on the calling thread and, when its stack is too small for one, again on a worker with a large stack
 * that reads the same shared state.
 */
import { concatBytes, isTriremeError, TriremeError, type Hash } from "@trireme/core";
import { isStackOverflow, type HostExecutor } from "@trireme/host";
import type { BlockPool } from "@trireme/scheduler";
import type { StateDiff } from "@trireme/state";
import type { ChainTracer } from "../chain.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { mergeDiffs, overlayReader } from "../ledger/overlay-reader.ts";
import type { SerialQueue } from "../ledger/serial-queue.ts";
import type { ExecutedBlock } from "./block-plan.ts";
import { executeInParallel } from "./execute-in-parallel.ts";
import { createTraceRecorder, replayTraces } from "./recorded-trace.ts";
import { runTask, type ExecutionTask, type TaskResult } from "./execution-task.ts";
import type { LargeStackThread } from "./large-stack-thread.ts";

/** On which state a task runs. */
export interface StateSource {
  /** The state after this block, ... */
  readonly blockNumber: bigint;
  /** ... with these changes. */
  readonly overlay: StateDiff;
  /** Whether the caller keeps the head where it is: other tasks wait for that before they go to the worker. */
  readonly isExclusive?: boolean;
}

/** @see createExecutionService */
export interface ExecutionService {
  /**
   * Runs a task. A fault of the host is given a second chance, on the worker where it was the stack.
   * @throws TriremeError `HOST_FAULT` | `STACK_OVERFLOW` (rejects) when that fails too; `STATE_UNAVAILABLE`
   */
  run<Task extends ExecutionTask>(task: Task, state: StateSource, tracers?: readonly ChainTracer[]): Promise<TaskResult<Task["kind"]>>;
  close(): Promise<void>;
}

/** What a service works with. */
export interface ExecutionServiceParts {
  readonly executor: HostExecutor;
  readonly ledger: Ledger;
  readonly queue: SerialQueue;
  /** Undefined where an environment or a format cannot be made on another thread. */
  readonly worker: LargeStackThread | undefined;
  /** Undefined where blocks run serially. */
  readonly pool: BlockPool | undefined;
}

/** A block of fewer transactions is run before a thread has been woken. */
const leastParallel = 32;

/** Makes the service of a chain. */
export function createExecutionService({ executor, ledger, queue, worker, pool }: ExecutionServiceParts): ExecutionService {
  const getBlockHash = (number: bigint): Hash | undefined => ledger.store.getHash(number);

  const runHere = <Task extends ExecutionTask>(
    task: Task,
    state: StateSource,
    tracers: readonly ChainTracer[],
  ): TaskResult<Task["kind"]> => {
    const ground = { executor, getBlockHash, reader: overlayReader(ledger.stateAfter(state.blockNumber), state.overlay) };
    if (tracers.length === 0) return runTask(task, ground);
    // A tracer hears nothing of a run that is run again. Steps are too many to be kept until it has ended well, so
    // that a run for steps comes after one without them.
    if (tracers.some(({ wantsSteps }) => wantsSteps)) {
      runTask(task, ground);
      return runTask(task, { ...ground, tracers });
    }
    const recorder = createTraceRecorder(tracers);
    const result = runTask(task, { ...ground, tracers: recorder.tracers });
    replayTraces(recorder.traces(), tracers);
    return result;
  };

  const runThere = <Task extends ExecutionTask>(
    task: Task,
    state: StateSource,
    thread: LargeStackThread,
    tracers: readonly ChainTracer[],
  ): Promise<TaskResult<Task["kind"]>> =>
    thread.run(task, {
      // The worker sees the head; what lies between it and the state asked for travels with the task.
      overlay: mergeDiffs([ledger.diffFromHead(state.blockNumber), state.overlay]),
      blockHashes: recentHashes(task.plan.context.number, getBlockHash),
      tracers,
    });

  const runAgain = async <Task extends ExecutionTask>(
    task: Task,
    state: StateSource,
    tracers: readonly ChainTracer[],
    first: unknown,
  ): Promise<TaskResult<Task["kind"]>> => {
    if (!isStackOverflow(first) || worker === undefined) return runHere(task, state, tracers);
    if (state.isExclusive === true) return runThere(task, state, worker, tracers);
    return queue.run(() => {
      const { number } = ledger.head.header;
      if (state.blockNumber > number) throw new TriremeError("STATE_UNAVAILABLE", `block ${state.blockNumber} was rewound`);
      return runThere(task, state, worker, tracers);
    });
  };

  /** Undefined where the block is to be run here: too small, not alone with the head, or given up by the pool. */
  const runOnPool = async (task: ExecutionTask, { blockNumber, overlay, isExclusive }: StateSource): Promise<ExecutedBlock | undefined> => {
    if (pool === undefined || task.kind !== "block" || isExclusive !== true) return undefined;
    const { plan } = task;
    if (plan.transactions.length < leastParallel || plan.recordsAccesses === true) return undefined;
    const ground = {
      executor,
      getBlockHash,
      reader: overlayReader(ledger.stateAfter(blockNumber), overlay),
      aboveHead: mergeDiffs([ledger.diffFromHead(blockNumber), overlay]),
      blockHashes: concatBytes(...recentHashes(plan.context.number, getBlockHash).map(([, hash]) => hash)),
    };
    return executeInParallel(plan, ground, pool);
  };

  return {
    run: async <Task extends ExecutionTask>(
      task: Task,
      state: StateSource,
      tracers: readonly ChainTracer[] = [],
    ): Promise<TaskResult<Task["kind"]>> => {
      try {
        const pooled = tracers.length === 0 ? await runOnPool(task, state) : undefined;
        if (pooled !== undefined) return pooled as TaskResult<Task["kind"]>;
        return runHere(task, state, tracers);
      } catch (first) {
        if (!isTriremeError(first) || (first.code !== "HOST_FAULT" && first.code !== "STACK_OVERFLOW")) throw first;
        try {
          return await runAgain(task, state, tracers, first);
        } catch (second) {
          // A thread that died cannot say which transaction killed it: the one that failed here is to blame.
          if (!isTriremeError(second) || second.code !== "HOST_FAULT" || second.details["transactionHash"] !== undefined) throw second;
          throw new TriremeError("HOST_FAULT", second.message, { cause: second, details: first.details });
        }
      }
    },
    close: async () => {
      await Promise.all([worker?.close(), pool?.close()]);
    },
  };
}

/** Hashes of the 256 blocks before `number` that BLOCKHASH can ask for. */
export function recentHashes(number: bigint, getBlockHash: (number: bigint) => Hash | undefined): readonly (readonly [bigint, Hash])[] {
  const hashes: (readonly [bigint, Hash])[] = [];
  for (let next = number - 1n; next >= 0n && next + 256n >= number; next--) {
    const hash = getBlockHash(next);
    if (hash !== undefined) hashes.push([next, hash]);
  }
  return hashes;
}
