/** What was written but not flushed yet: the newest value of every key, and the writes of each record in order. */
import type { StateDiffEntry } from "../state-diff.ts";
import { createByteMap } from "./byte-map.ts";

/** A newest value; `undefined` is a removal. */
export interface OverlayValue {
  readonly value: Uint8Array | undefined;
  readonly sequence: bigint;
}

/** Writes in front of a table of the state store. */
export interface WriteOverlay {
  /** Writes that wait for a flush. */
  readonly size: number;
  get(key: Uint8Array): OverlayValue | undefined;
  entries(prefix: Uint8Array): readonly (readonly [key: Uint8Array, value: OverlayValue])[];
  apply(sequence: bigint, writes: readonly StateDiffEntry[]): void;
  /** The outcome of all records before `end`, in key order. */
  changesBefore(end: bigint): readonly StateDiffEntry[];
  /** Forgets what `changesBefore(end)` gave, once it is flushed. */
  forget(end: bigint, changes: readonly StateDiffEntry[]): void;
}

/** An empty overlay. */
export function createWriteOverlay(): WriteOverlay {
  const newest = createByteMap<OverlayValue>();
  let records: { readonly sequence: bigint; readonly writes: readonly StateDiffEntry[] }[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    get: (key) => newest.get(key),
    entries: (prefix) => newest.entries(prefix),
    apply(sequence, writes) {
      records.push({ sequence, writes });
      size += writes.length;
      for (const { key, value } of writes) newest.set(key, { value, sequence });
    },
    changesBefore(end) {
      const merged = createByteMap<Uint8Array | undefined>();
      for (const { sequence, writes } of records) {
        if (sequence >= end) break;
        for (const { key, value } of writes) merged.set(key, value);
      }
      return merged.entries(new Uint8Array(0)).map(([key, value]) => ({ key, value }));
    },
    forget(end, changes) {
      for (const { key } of changes) {
        const value = newest.get(key);
        if (value !== undefined && value.sequence < end) newest.delete(key);
      }
      const kept = records.filter(({ sequence }) => sequence >= end);
      records = kept;
      size = kept.reduce((sum, { writes }) => sum + writes.length, 0);
    },
  };
}
