/**
 * Runs tasks on the calling thread and, when its stack is too small for one, again on a worker with a large stack
 * that reads the same shared state.
 */
import { concatBytes, isStackOverflow, isTriremeError, TriremeError, zeroHash, type Hash } from "@trireme/core";
import type { HostExecutor } from "@trireme/host";
import { unwatchedRun, watchSerialRun, type BlockPool, type Choice, type SerialWatch } from "@trireme/scheduler";
import type { StateDiff } from "@trireme/state";
import type { ChainTracer } from "../chain.ts";
import type { Ledger, Tip } from "../ledger/ledger.ts";
import { mergeDiffs, overlayReader } from "../ledger/overlay-reader.ts";
import type { SerialQueue } from "../ledger/serial-queue.ts";
import { serially, withRun, type SerialReason } from "../observing/block-run.ts";
import type { BlockPlan, ExecutedBlock } from "./block-plan.ts";
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
  /** The block before, when nobody knows its hash yet: the plan has none of it, and reading it works it out (rule 24). */
  readonly openParent?: Tip;
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

/** Makes the service of a chain. */
export function createExecutionService({ executor, ledger, queue, worker, pool }: ExecutionServiceParts): ExecutionService {
  const getBlockHash = (number: bigint): Hash | undefined => ledger.getHash(number);

  const runHere = <Task extends ExecutionTask>(
    task: Task,
    state: StateSource,
    tracers: readonly ChainTracer[],
    watch?: SerialWatch,
  ): TaskResult<Task["kind"]> => {
    const reader = overlayReader(ledger.stateAfter(state.blockNumber), state.overlay);
    const ground = { executor, getBlockHash, reader, watch };
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

  const hashesBefore = (number: bigint): Uint8Array => concatBytes(...recentHashes(number, getBlockHash).map(([, hash]) => hash));

  const runOnPool = async (
    plan: BlockPlan,
    { blockNumber, overlay, openParent }: StateSource,
    choice: Choice | undefined,
  ): Promise<ExecutedBlock | SerialReason> => {
    if (pool === undefined || choice === undefined) return serially("off", "no worker threads");
    if (choice.cause !== undefined) return serially(choice.cause, choice.reason);
    const isOpen = openParent?.isOpen === true;
    const ground = {
      executor,
      getBlockHash,
      reader: overlayReader(ledger.stateAfter(blockNumber), overlay),
      aboveHead: mergeDiffs([ledger.diffFromHead(blockNumber), overlay]),
      blockHashes: isOpen ? concatBytes(zeroHash, hashesBefore(plan.context.number - 1n)) : hashesBefore(plan.context.number),
      ...(isOpen ? { openParent: openParent.hash } : {}),
    };
    return executeInParallel(plan, ground, pool, choice);
  };

  /** A block that is to be the head: on the pool, else here, with a record of how. */
  const runHead = async (open: HeadTask, state: StateSource): Promise<ExecutedBlock> => {
    const choice = pool?.choose(open.plan.transactions);
    const pooled = await runOnPool(state.openParent?.isOpen === true ? open.plan : withParentHash(open, state).plan, state, choice);
    if (!("kind" in pooled)) {
      if (pooled.run !== undefined) choice?.learn("parallel", pooled.run.record);
      return pooled;
    }
    const task = withParentHash(open, state);
    const watch = watchSerialRun(task.plan.transactions.length);
    const executed = runHere(task, state, [], watch);
    const record = watch.record();
    choice?.learn("serial", record);
    return withRun(task.plan, executed, pooled, record);
  };

  return {
    run: async <Task extends ExecutionTask>(
      task: Task,
      state: StateSource,
      tracers: readonly ChainTracer[] = [],
    ): Promise<TaskResult<Task["kind"]>> => {
      try {
        if (isHead(task, state)) return (await runHead(task, state)) as TaskResult<Task["kind"]>;
        return runHere(task, state, tracers);
      } catch (first) {
        if (!isTriremeError(first) || (first.code !== "HOST_FAULT" && first.code !== "STACK_OVERFLOW")) throw first;
        try {
          const result = await runAgain(withParentHash(task, state), state, tracers, first);
          if (!isHead(task, state)) return result;
          const why = serially(
            "fault",
            isStackOverflow(first) ? "a transaction needed a larger stack" : `run again after: ${first.message}`,
          );
          const { transactions } = task.plan;
          return withRun(task.plan, result as ExecutedBlock, why, unwatchedRun(transactions.length)) as TaskResult<Task["kind"]>;
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

type HeadTask = Extract<ExecutionTask, { kind: "block" }>;

/** The task with what its plan lacked. */
function withParentHash<Task extends ExecutionTask>(task: Task, { openParent }: StateSource): Task {
  return openParent === undefined ? task : { ...task, plan: { ...task.plan, parentHash: openParent.hash() } };
}

function isHead(task: ExecutionTask, { isExclusive }: StateSource): task is HeadTask {
  return task.kind === "block" && isExclusive === true && task.plan.recordsAccesses !== true;
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
