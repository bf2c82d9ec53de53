/** What a run may be given beside state and block. */
import type { Hash, Tracer } from "@trireme/core";

/** Options of transactions, blocks, calls and system calls. */
export interface ExecutionOptions {
  /** Hash of an earlier block; asked only for the 256 before the block. */
  readonly getBlockHash?: (number: bigint) => Hash | undefined;
  readonly tracer?: Tracer;
}
