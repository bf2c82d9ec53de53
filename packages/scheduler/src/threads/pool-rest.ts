/** When a pool is left alone: after blocks that came to nothing one after the other, for longer each time. */

/** Blocks that may come to nothing before the pool rests. */
const mostFailures = 3;
/** Blocks for which it rests at first, and at most. */
const [shortest, longest] = [16, 1024];

/** @see createPoolRest */
export interface PoolRest {
  /** Whether the next block is to be run without the pool; counts that block. */
  isDue(): boolean;
  succeeded(): void;
  failed(): void;
}

/** A pool that fails every time costs a run and a start of threads each: it is tried again less and less often. */
export function createPoolRest(): PoolRest {
  let failures = 0;
  let left = 0;
  return {
    isDue: () => left > 0 && left-- > 0,
    succeeded: () => void (failures = 0),
    failed: () => {
      failures++;
      if (failures >= mostFailures) left = Math.min(longest, shortest * 2 ** (failures - mostFailures));
    },
  };
}
