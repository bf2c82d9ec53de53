/** What a block's run looked like: who ran what, where and when. All times are microseconds, all instants since the block began. */

/**
 * How a run of a transaction ended. `executed`: it stands. `aborted`: it came to its end, but what it had read did not hold, so
 * it ran again. `dropped`: so it did because the rest of the block went on serially. `blocked`: it was about to read what a lower transaction would write again. `faulted`: it threw, or its worker
 * did not come back.
 */
export type RunOutcome = "executed" | "aborted" | "dropped" | "blocked" | "faulted";

/** One run of a transaction on a worker. */
export interface RunReport {
  readonly worker: number;
  readonly start: number;
  readonly end: number;
  readonly outcome: RunOutcome;
  /**
   * A lower transaction: that it waited for before it ran again, after `blocked` and `faulted`; that wrote what it should have
   * read, after `aborted`.
   */
  readonly by?: number;
  /** What did not hold, after `aborted`: a key of the state, in words. */
  readonly conflict?: string;
}

/** All runs of a transaction, first to last. */
export interface TransactionRuns {
  readonly index: number;
  readonly runs: readonly RunReport[];
}

/** A key and how often it made a transaction run again. */
export interface ConflictCount {
  readonly key: string;
  readonly aborts: number;
}

/** A block's run. Plain data, but for the number of the block it survives JSON. */
export interface BlockReport {
  readonly block: bigint;
  readonly mode: "serial" | "parallel";
  /** Why it ran in this mode. */
  readonly reason: string;
  readonly workers: number;
  /** One for each transaction of the block, in its order. */
  readonly transactions: readonly TransactionRuns[];
  readonly aborts: number;
  /** Most aborts first. */
  readonly conflicts: readonly ConflictCount[];
  /** The transaction from which on one worker ran all that was left, for too many had run again; undefined where it did not come to that. */
  readonly restFrom: number | undefined;
  /** When the workers were told of the block, and when the last of them was done with it: the rest is the main thread's. */
  readonly handedOut: number;
  readonly handedBack: number;
  /** From the begin of the block to its end. */
  readonly wallTime: number;
  /** Sum of all runs. */
  readonly runTime: number;
  /** Sum of the runs that stand: about what running them one after the other takes. */
  readonly finalRunTime: number;
  /** `finalRunTime / wallTime`; 1 for a block that ran serially, or took no time. */
  readonly speedUp: number;
  /** Events that had no room in their buffer. */
  readonly lostEvents: number;
}
