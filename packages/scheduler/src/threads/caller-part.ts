/**
 * The part of the thread that asked for a block: it runs transactions as the pool's threads do. It has them decoded, and its
 * outcomes go through no memory. Its stack is smaller than theirs: what overflows it is theirs.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { isStackOverflow, type Transaction, type TransactionOutcome } from "@trireme/core";
import type { BlockMemory } from "../memory/block-memory.ts";
import { createBlockPart, spins, type PartOwner } from "./block-part.ts";
import type { BlockTask } from "./thread-protocol.ts";

/** Steps of work after which it looks after what is committed: when all are, nobody is left to work beside it. */
const stride = 32;
/** Milliseconds after which whatever else waits for this thread is let in. */
const slice = 4;
/** Milliseconds after which it looks again when it sleeps. */
const patience = 1;
const nothing = new Uint8Array(0);

/** What it works with. */
export interface CallerPartOptions {
  readonly owner: PartOwner;
  readonly memory: BlockMemory;
  readonly task: BlockTask;
  readonly transactions: readonly Transaction[];
  /** Where its outcomes go. */
  readonly outcomes: TransactionOutcome[];
  /** Whether there are threads that run what overflows its stack. */
  readonly isOneOfMany: boolean;
  /** What it does when it finds nothing to run, and now and then. @throws anything: ends the part */
  readonly meanwhile: () => void;
}

/** Works until the block is done or given up. @throws (rejects) MemorySpent, what a transaction threw in its turn, or what `meanwhile` threw */
export async function workAsCaller({
  owner,
  memory,
  task,
  transactions,
  outcomes,
  isOneOfMany,
  meanwhile,
}: CallerPartOptions): Promise<void> {
  const part = createBlockPart(owner, memory, task, {
    transactionAt: (index) => transactions[index] as Transaction,
    keepOutcome: (index, outcome) => {
      outcomes[index] = outcome;
      return nothing;
    },
    isBrief: true,
    ...(isOneOfMany ? { handsOn: isStackOverflow } : {}),
  });
  let worked = 0;
  for (;;) {
    const end = performance.now() + slice;
    let idle = 0;
    do {
      const seen = memory.changes;
      const result = part.step();
      if (result === "done") return;
      if (result === "worked") {
        idle = 0;
        if (++worked % stride === 0) meanwhile();
      } else if (idle++ === 0) meanwhile();
      else if (idle > spins) memory.sleep(seen, patience);
    } while (performance.now() < end);
    await nextTurn();
  }
}
