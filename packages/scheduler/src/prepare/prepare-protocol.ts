/** What goes between a pool that prepares and its threads, beside the batch's memory. Everything survives a structured clone. */
import type { EnvironmentSource, FormatRules, TransactionError } from "@trireme/core";
import type { BatchHandle } from "./batch-memory.ts";

/** What a thread is started with. */
export interface PrepareThreadSetup {
  readonly formats: readonly EnvironmentSource[];
  readonly rules: FormatRules;
  /** Its number as an owner of shares; no other thread of the pool has or had it. */
  readonly owner: number;
}

/** A batch to work on. */
export type PrepareTask = BatchHandle;

/** A thread finds no share of a batch any more. */
export interface PrepareReply {
  readonly id: number;
  /** Transactions of its shares that do not decode. */
  readonly errors: readonly (readonly [index: number, error: TransactionError])[];
}
