/** Creation and destruction inside the transaction (EIP-6780). */
import type { LifecycleHost } from "@trireme/core";
import { findAccount, touchAccount } from "./account-entry.ts";
import type { AccountEntry, JournalState } from "./journal-state.ts";

/** Makes the part over the shared state. */
export function createLifecyclePart(state: JournalState): Omit<LifecycleHost, "mayDeploy"> {
  return {
    markCreated(address) {
      const entry = findAccount(state, address);
      if (entry.createdIn === state.transaction) return;
      state.log.push(undoCreated, entry, entry.createdIn);
      entry.createdIn = state.transaction;
    },
    wasCreated(address) {
      return findAccount(state, address).createdIn === state.transaction;
    },
    destroy(address) {
      const entry = findAccount(state, address);
      if (entry.destroyedIn === state.transaction) return;
      touchAccount(state, entry);
      state.log.push(undoDestroyed, state, entry.destroyedIn);
      entry.destroyedIn = state.transaction;
      state.destroyed.push(entry);
    },
    isDestroyed(address) {
      return findAccount(state, address).destroyedIn === state.transaction;
    },
  };
}

function undoCreated(entry: AccountEntry, createdIn: number): void {
  entry.createdIn = createdIn;
}

function undoDestroyed(state: JournalState, destroyedIn: number): void {
  (state.destroyed.pop() as AccountEntry).destroyedIn = destroyedIn;
}
