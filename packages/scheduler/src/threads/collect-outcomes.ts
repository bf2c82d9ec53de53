/** Takes what a block comes to out of its memory: outcomes while it still runs, in the order of their commits. */
import type { TransactionOutcome } from "@trireme/core";
import { resolveInvolved } from "@trireme/host";
import type { StateReader } from "@trireme/state";
import { MemorySpent, type BlockMemory } from "../memory/block-memory.ts";
import { field, header } from "../memory/layout.ts";
import { VersionedState } from "../memory/versioned-state.ts";
import { decodeOutcome } from "../outcome/decode-outcome.ts";

/** Milliseconds between two looks at what was committed. */
const pause = 1;

/** @see createOutcomeCollector */
export interface OutcomeCollector {
  /** Takes all that is committed. @throws MemorySpent */
  takeCommitted(): void;
  /** Takes what is committed from time to time until `end` settles; leaves the rest for `takeCommitted`. */
  until(end: Promise<unknown>): Promise<void>;
  /** So far, in the order of the transactions. */
  readonly outcomes: readonly TransactionOutcome[];
}

/** Makes the collector of a block. `base` reads the state before it. */
export function createOutcomeCollector(memory: BlockMemory, base: StateReader): OutcomeCollector {
  const state = new VersionedState(memory, base);
  const { reader } = state;
  const outcomes: TransactionOutcome[] = [];
  const accounts = {
    getBalance: (address: Parameters<StateReader["getAccount"]>[0]) => reader.getAccount(address)?.balance ?? 0n,
    getBoundPubkey: (address: Parameters<StateReader["getAccount"]>[0]) => reader.getAccount(address)?.svm?.pubkey,
  };

  const takeCommitted = (): void => {
    const { words } = memory;
    const end = Atomics.load(words, header.committed);
    for (let index = outcomes.length; index < end; index++) {
      const at = memory.at(index);
      const outcome = decodeOutcome(memory.bytesAt(words[at + field.outcome] as number, words[at + field.outcomeLength] as number));
      // Right after it: what the next one would read.
      state.begin(index + 1);
      resolveInvolved(outcome, accounts);
      outcomes.push(outcome);
    }
  };

  return {
    outcomes,
    takeCommitted,
    async until(end) {
      const over = end.then(() => true);
      for (;;) {
        let timer: NodeJS.Timeout | undefined;
        const isOver = await Promise.race([over, new Promise<false>((resolve) => (timer = setTimeout(resolve, pause, false)))]);
        clearTimeout(timer);
        if (isOver) return;
        try {
          takeCommitted();
        } catch (error) {
          // Nobody may be at the block any more when it is left. Whoever takes the rest meets spent memory again.
          const isSpent = error instanceof MemorySpent;
          if (!isSpent) memory.breakUp();
          await over;
          if (isSpent) return;
          throw error;
        }
      }
    },
  };
}
