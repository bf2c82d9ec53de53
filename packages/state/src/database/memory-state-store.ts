/**
 * The state store without lmdb: it begins empty whenever a directory is opened, and the whole block log is applied to it.
 * Nothing is lost by that, for the log is what makes a block durable; opening takes time and memory in proportion instead.
 */
import type { StateDiffEntry } from "../state-diff.ts";
import { createByteMap, type ByteMap } from "./byte-map.ts";
import type { FlushedPosition } from "./state-layout.ts";
import type { StateStore } from "./state-store.ts";

/** An empty one. */
export function createMemoryStateStore(): StateStore {
  const state = createByteMap<Uint8Array>();
  const index = createByteMap<Uint8Array>();
  let position: FlushedPosition | undefined;
  return {
    kind: "memory",
    get position() {
      return position;
    },
    getState: (key) => state.get(key),
    getIndex: (key) => index.get(key),
    *stateEntries(prefix) {
      yield* state.entries(prefix);
    },
    async flush(changes, target) {
      write(state, changes.state);
      write(index, changes.index);
      position = target;
    },
    async close() {
      state.clear();
      index.clear();
    },
  };
}

function write(table: ByteMap<Uint8Array>, entries: readonly StateDiffEntry[]): void {
  for (const { key, value } of entries) {
    if (value === undefined) table.delete(key);
    else table.set(key, value);
  }
}
