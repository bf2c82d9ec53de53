/** Who wrote what a transaction should have read. */
import type { Address } from "@trireme/core";
import { flatKind } from "@trireme/state";
import type { BlockMemory } from "../memory/block-memory.ts";
import { creditKey } from "../memory/credits.ts";

const none = -1;

/**
 * The highest transaction below `index` that wrote or credited what stands under a key at this moment; -1 where none did, which
 * is so when one wrote it first and then did not.
 */
export function conflictWriter(memory: BlockMemory, key: number, index: number): number {
  const newest = (reference: number): number => {
    const version = memory.versionBelow(reference, index);
    return version === 0 ? none : memory.transactionOf(version);
  };
  const bytes = memory.keyBytes(key);
  if (bytes[0] !== flatKind.account) return newest(key);
  // Whoever read the account looked for its credits as well: the key is there.
  return Math.max(newest(key), newest(memory.findKey(creditKey(bytes.subarray(1) as Address))));
}
