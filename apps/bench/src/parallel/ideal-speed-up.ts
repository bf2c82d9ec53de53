/** How fast a block could be on so many threads if only its own dependencies held them up. */
import { createHeap } from "./heap.ts";

/** A transaction: what it costs, and which lower ones it must wait for. */
export interface CostedTransaction {
  readonly cost: number;
  readonly after: readonly number[];
}

/**
 * All costs over the time that `workers` take by list scheduling: whoever is free takes, of the transactions that may run, the one
 * with the longest path of dependents behind it.
 */
export function idealSpeedUp(transactions: readonly CostedTransaction[], workers: number): number {
  const dependents = transactions.map((): number[] => []);
  const waits = transactions.map(({ after }) => after.length);
  for (const [index, { after }] of transactions.entries()) for (const lower of after) dependents[lower]?.push(index);
  const paths = criticalPaths(transactions, dependents);
  const ready = createHeap((index) => -(paths[index] as number));
  const ends = new Float64Array(transactions.length);
  const running = createHeap((index) => ends[index] as number);
  for (const [index, count] of waits.entries()) if (count === 0) ready.add(index);
  let now = 0;
  for (;;) {
    while (running.size < workers && ready.size > 0) {
      const next = ready.take();
      ends[next] = now + (transactions[next] as CostedTransaction).cost;
      running.add(next);
    }
    if (running.size === 0) break;
    const done = running.take();
    now = ends[done] as number;
    for (const dependent of dependents[done] ?? []) if (--(waits[dependent] as number) === 0) ready.add(dependent);
  }
  return transactions.reduce((sum, { cost }) => sum + cost, 0) / now;
}

/** For each transaction its own cost and the most that must follow it. */
function criticalPaths(transactions: readonly CostedTransaction[], dependents: readonly (readonly number[])[]): Float64Array {
  const paths = new Float64Array(transactions.length);
  for (let index = transactions.length - 1; index >= 0; index--) {
    let longest = 0;
    for (const dependent of dependents[index] ?? []) longest = Math.max(longest, paths[dependent] as number);
    paths[index] = (transactions[index] as CostedTransaction).cost + longest;
  }
  return paths;
}
