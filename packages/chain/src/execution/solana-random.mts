/** Random choices that a seed repeats. */

/** A sequence of choices. */
export interface Random {
  /** From 0 to `below` - 1. */
  below(limit: number): number;
  /** True in so many of a hundred. */
  percent(chance: number): boolean;
  pick<T>(items: readonly T[]): T;
  bytes(length: number): Uint8Array;
}

/** Mulberry32: 32 bits of state are plenty to choose tests with. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    percent: (chance) => below(100) < chance,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error("expected something to pick from, got nothing");
      return item;
    },
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  };
}
