/** Synchronous reads of flushed state from another thread or process, through LMDB's memory map. */
import { openSharedStateStore } from "./lmdb-state-store.ts";

/** Flat state as of one flush. */
export interface DurableReader {
  /** Block whose state this is, undefined when only an empty database was flushed. */
  readonly head: bigint | undefined;
  get(key: Uint8Array): Uint8Array | undefined;
  /** All entries whose key begins with `prefix`, in key order. */
  entries(prefix: Uint8Array): Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
  /** Moves on to the newest flush. Do so now and then: LMDB cannot use the space of what a snapshot still sees. */
  refresh(): void;
  close(): Promise<void>;
}

/**
 * Opens the state of the database in `directory`, which another thread or process may have open. It needs no lock.
 * Sees nothing, or what was there before, of a database whose `stateStore` is memory.
 * @throws TriremeError `DATABASE_CORRUPT` when there is none, or it cannot be read | `NOT_SUPPORTED` (without lmdb)
 */
export async function openDurableReader(directory: string): Promise<DurableReader> {
  const store = await openSharedStateStore(directory);
  return {
    get head() {
      return store.position?.blocks?.head;
    },
    get: (key) => store.getState(key),
    entries: (prefix) => store.stateEntries(prefix),
    refresh: () => store.refresh(),
    close: () => store.close(),
  };
}
