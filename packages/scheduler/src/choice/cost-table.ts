/** What transactions of a class cost, one way of running them: learnt from every block that ran this way. */

/** What is known of a class. Times in microseconds of wall time for a transaction. */
export interface ClassCost {
  readonly time: number;
  /** Blocks that it was learnt from, and the last of them. */
  readonly blocks: number;
  readonly last: number;
}

/** @see createCostTable */
export interface CostTable {
  get(name: number): ClassCost | undefined;
  /** Notes what a transaction of the class took in block number `block` of those that were run here. */
  learn(name: number, time: number, block: number): void;
}

/** Classes that are kept; the one that was seen first goes first. */
const mostClasses = 4096;
/** What a new time counts: more where it is lower, because code gets hot and a busy machine is an accident. */
const weight = { lower: 0.5, higher: 0.2 } as const;
/** Blocks in which code may still be cold: a lower time stands for itself until then. */
const coldBlocks = 6;

/** Makes an empty table. */
export function createCostTable(): CostTable {
  const costs = new Map<number, ClassCost>();
  return {
    get: (name) => costs.get(name),
    learn(name, time, block) {
      const known = costs.get(name);
      const isCold = known === undefined || (time < known.time && known.blocks < coldBlocks);
      const share = isCold ? 1 : time < known.time ? weight.lower : weight.higher;
      const next = known === undefined ? time : known.time + (time - known.time) * share;
      if (known === undefined && costs.size >= mostClasses) for (const oldest of costs.keys()) if (costs.delete(oldest)) break;
      costs.set(name, { time: next, blocks: (known?.blocks ?? 0) + 1, last: block });
    },
  };
}
