/** State diffs: what a block changed, as entries of the flat key space. */

/** A new value under a flat key (see `flat-key.ts`); `undefined` removes it. */
export interface StateDiffEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** Entries in ascending key order, each key once. */
export interface StateDiff {
  readonly entries: readonly StateDiffEntry[];
}
