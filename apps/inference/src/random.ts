/** A seeded source of numbers that is the same on every machine. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  unit(): number;
  /** Uniform in [-size, size). */
  around(size: number): number;
  /** A whole number below `count`. */
  below(count: number): number;
}

/** Marsaglia's xorshift on 32 bits, its output multiplied. `seed` is a whole number from 1 to 2^32 - 1. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0 || 1;
  const unit = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (Math.imul(state, 0x2c1b3c6d) >>> 0) / 0x1_0000_0000;
  };
  return {
    unit,
    around: (size) => (unit() * 2 - 1) * size,
    below: (count) => Math.floor(unit() * count),
  };
}
