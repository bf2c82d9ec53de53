/** A thread with a large stack, for executions that overflow the calling thread's. */
import type { Hash, Tracer } from "@trireme/core";
import type { StateDiff } from "@trireme/state";
import type { ExecutionTask, TaskResult } from "./execution-task.ts";

/** What a task needs beside the shared head state. */
export interface ThreadInput {
  /** Changes over the head's state. */
  readonly overlay: StateDiff;
  readonly blockHashes: readonly (readonly [bigint, Hash])[];
  readonly tracer?: Tracer;
}

/** @see createLargeStackThread */
export interface LargeStackThread {
  /** Runs a task there; the thread is started by the first one. @throws (rejects) what the task threw */
  run<Task extends ExecutionTask>(task: Task, input: ThreadInput): Promise<TaskResult<Task["kind"]>>;
  close(): Promise<void>;
}
