/** Flat state and indexes behind the block log, as of the last flush: whatever keeps them, the log could build it anew. */
import type { StateDiffEntry } from "../state-diff.ts";
import type { FlushedPosition } from "./state-layout.ts";

/** What keeps the flushed state: LMDB in the folder `state`, or this process's memory. */
export type StateStoreKind = "lmdb" | "memory";

/** What one flush writes, each table's entries in key order. */
export interface FlushChanges {
  readonly state: readonly StateDiffEntry[];
  readonly index: readonly StateDiffEntry[];
}

/** Synchronous reads of what was flushed. @throws TriremeError `DATABASE_CORRUPT` from each of them */
export interface StateStoreReader {
  readonly position: FlushedPosition | undefined;
  getState(key: Uint8Array): Uint8Array | undefined;
  getIndex(key: Uint8Array): Uint8Array | undefined;
  /** In key order, as of the first step. */
  stateEntries(prefix: Uint8Array): Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
}

/** The writer's side. */
export interface StateStore extends StateStoreReader {
  readonly kind: StateStoreKind;
  /** All of it or nothing; as durable as the store is. Rejects with the cause; the store must not be written to again then. */
  flush(changes: FlushChanges, position: FlushedPosition): Promise<void>;
  close(): Promise<void>;
}
