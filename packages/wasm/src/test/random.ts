/** Seeded randomness: the same seed, the same numbers. */

/** A source of numbers. */
export interface Random {
  /** A whole number from 0 to before `bound`. */
  below(bound: number): number;
  /** One of the items, of which there must be one. */
  pick<T>(items: ArrayLike<T>): T;
}

/** A source that begins at a seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const below = (bound: number): number => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
}
