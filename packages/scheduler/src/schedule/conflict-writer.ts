/** Who wrote what a transaction should have read. */
import type { BlockMemory } from "../memory/block-memory.ts";

const none = -1;

/**
 * The highest transaction below `index` that wrote or credited what stands under a key at this moment; -1 where none did, which
 * is so when one wrote it first and then did not.
 */
export function conflictWriter(memory: BlockMemory, key: number, index: number): number {
  const writer = (version: number): number => (version === 0 ? none : memory.transactionOf(version));
  return Math.max(writer(memory.versionBelow(key, index)), writer(memory.creditBelow(key, index)));
}
