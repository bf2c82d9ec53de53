/** Takes what a block comes to out of its memory: outcomes while it still runs, in the order of their commits. */
import type { TransactionOutcome } from "@trireme/core";
import { resolveInvolved } from "@trireme/host";
import type { StateReader } from "@trireme/state";
import type { BlockMemory } from "../memory/block-memory.ts";
import { field, header } from "../memory/layout.ts";
import { VersionedState } from "../memory/versioned-state.ts";
import { decodeOutcome } from "../outcome/decode-outcome.ts";

/** @see createOutcomeCollector */
export interface OutcomeCollector {
  /** Takes all that is committed. @throws MemorySpent */
  takeCommitted(): void;
  /** So far, in the order of the transactions. */
  readonly outcomes: readonly TransactionOutcome[];
}

/** Makes the collector of a block. `base` reads the state before it; `own` has the outcomes that are not in the memory. */
export function createOutcomeCollector(memory: BlockMemory, base: StateReader, own: readonly TransactionOutcome[] = []): OutcomeCollector {
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
      const length = words[at + field.outcomeLength] as number;
      const outcome =
        length === 0 ? (own[index] as TransactionOutcome) : decodeOutcome(memory.bytesAt(words[at + field.outcome] as number, length));
      // Right after it: what the next one would read.
      state.begin(index + 1);
      resolveInvolved(outcome, accounts);
      outcomes.push(outcome);
    }
  };

  return { outcomes, takeCommitted };
}
