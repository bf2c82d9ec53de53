/** What goes between a chain and its thread with a large stack. Everything survives a structured clone. */
import { isTriremeError, TriremeError, type EnvironmentSource, type Hash, type TriremeErrorCode } from "@trireme/core";
import type { SharedStateHandle, StateDiff } from "@trireme/state";
import type { ExecutionTask, TaskResults } from "./execution-task.ts";
import type { TraceEvent, TracerWishes } from "./recorded-trace.ts";

/** What the thread is started with: enough to make the same executor. */
export interface ThreadSetup {
  readonly environments: readonly EnvironmentSource[];
  readonly formats: readonly EnvironmentSource[];
  readonly reentryLimit: number;
  readonly memoryBudget: number;
  readonly state: SharedStateHandle;
}

/** A task for the thread. */
export interface ThreadRequest {
  readonly id: number;
  readonly task: ExecutionTask;
  readonly overlay: StateDiff;
  readonly blockHashes: readonly (readonly [bigint, Hash])[];
  readonly tracers: readonly TracerWishes[];
}

/** An error as data: a structured clone would lose its code. */
export interface ThreadError {
  readonly code: TriremeErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What came of a task. */
export type ThreadReply =
  | {
      readonly id: number;
      readonly kind: "done";
      readonly result: TaskResults[ExecutionTask["kind"]];
      readonly traces: readonly (readonly TraceEvent[])[];
    }
  | { readonly id: number; readonly kind: "failed"; readonly error: ThreadError };

/** An error to be sent. */
export function threadErrorFrom(error: unknown): ThreadError {
  if (!isTriremeError(error)) return { code: "HOST_FAULT", message: String(error), details: {} };
  // Only what is known to survive a clone.
  const { transactionHash } = error.details;
  return { code: error.code, message: error.message, details: transactionHash === undefined ? {} : { transactionHash } };
}

/** The error that was sent. */
export function errorFromThread({ code, message, details }: ThreadError): TriremeError {
  return new TriremeError(code, message, { details });
}
