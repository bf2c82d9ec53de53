/** What a scheduler runs: the transactions of a block, whatever they are. */
import type { JournalWrites } from "@trireme/state";

/** What one run of a transaction came to. */
export interface BodyOutcome {
  /** What whoever asked for the block is told of it. */
  readonly outcome: Uint8Array;
  readonly gasUsed: bigint;
  readonly blobGasUsed: bigint;
}

/** What one run of a transaction left. */
export interface BodyResult extends BodyOutcome {
  readonly writes: JournalWrites;
}

/** What the block has left for a transaction. */
export interface BodyRoom {
  readonly gasLeft: bigint;
  readonly blobGasLeft: bigint;
}

/** The transactions of a block, run on one thread over a `VersionedState` of its own. */
export interface BlockBody {
  /**
   * Runs a transaction. Without `room` it is run as if it were alone in the block.
   * @throws Blocked, MemorySpent, and what the transaction's run threw: a fault of the host
   */
  execute(index: number, room: BodyRoom | undefined): BodyResult;
  /** Whether it would have run otherwise with this room: only where it was short. */
  dependsOnRoom(index: number, room: BodyRoom): boolean;
  /**
   * Runs the transactions from `first` to the last one after the other, in one journal over what is committed, each in the room
   * that is left when `keep` has been told of those before it; gives what all of them wrote. @throws as `execute`
   */
  executeRest(first: number, started: (index: number) => void, keep: (index: number, outcome: BodyOutcome) => void): JournalWrites;
  /** Room of the whole block. */
  readonly room: BodyRoom;
}
