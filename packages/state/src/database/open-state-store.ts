/** Which state store a data directory gets. */
import { createMemoryStateStore } from "./memory-state-store.ts";
import { loadLmdb, openLmdbStateStore } from "./lmdb-state-store.ts";
import type { StateStore, StateStoreKind } from "./state-store.ts";

/**
 * The store of `kind`; LMDB where it can be loaded, otherwise memory, when `kind` is undefined.
 * @throws TriremeError `DATABASE_CORRUPT` (a damaged LMDB never falls back) | `NOT_SUPPORTED` (LMDB was asked for by name)
 */
export async function openStateStore(directory: string, kind: StateStoreKind | undefined): Promise<StateStore> {
  if (kind === "memory") return createMemoryStateStore();
  const open = await loadLmdb().catch((error: unknown) => {
    if (kind === "lmdb") throw error;
    return undefined;
  });
  return open === undefined ? createMemoryStateStore() : openLmdbStateStore(directory, open);
}
