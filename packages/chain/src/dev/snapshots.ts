/** Snapshots of a development chain: a few references each, whatever the size of the state. */
import type { ClockState } from "../production/block-clock.ts";
import type { BlockSettings } from "../production/block-settings.ts";
import type { MempoolEntry } from "../mempool/sender-queue.ts";
import type { Mutation } from "./mutation.ts";

/** What a revert restores. Blocks after `blockNumber` are undone by their undo diffs. */
export interface Snapshot {
  readonly blockNumber: bigint;
  readonly mutations: readonly Mutation[];
  readonly mempool: readonly MempoolEntry[];
  readonly clock: ClockState;
  readonly settings: BlockSettings;
}

/** Snapshots by id, counted from 1. */
export interface Snapshots {
  add(snapshot: Snapshot): bigint;
  /** Gives a snapshot and forgets it and all later ones. */
  take(id: bigint): Snapshot | undefined;
}

/** None at first. Ids are never used twice. */
export function createSnapshots(): Snapshots {
  const kept = new Map<bigint, Snapshot>();
  let last = 0n;
  return {
    add: (snapshot) => {
      kept.set(++last, snapshot);
      return last;
    },
    take: (id) => {
      const snapshot = kept.get(id);
      if (snapshot !== undefined) for (const other of kept.keys()) if (other >= id) kept.delete(other);
      return snapshot;
    },
  };
}
