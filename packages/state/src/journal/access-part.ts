/** EIP-2929 access sets: marks on the entries themselves, void when the next transaction begins. */
import type { AccessHost } from "@trireme/core";
import { findAccount } from "./account-entry.ts";
import type { AccountEntry, JournalState, Slot } from "./journal-state.ts";
import { findSlot } from "./storage-part.ts";

/** Makes the part over the shared state. */
export function createAccessPart(state: JournalState): AccessHost {
  return {
    accessAccount(address) {
      const entry = findAccount(state, address);
      if (entry.warmIn === state.transaction) return true;
      warm(state, entry);
      return false;
    },
    accessStorage(address, key) {
      const entry = findAccount(state, address);
      const slot = findSlot(state, entry, entry.storage, key);
      if (isWarm(state, slot)) return true;
      warm(state, slot);
      return false;
    },
    isWarmAccount(address) {
      return findAccount(state, address).warmIn === state.transaction;
    },
    isWarmStorage(address, key) {
      const entry = findAccount(state, address);
      return isWarm(state, findSlot(state, entry, entry.storage, key));
    },
  };
}

/** Clearing the storage does not make its slots cold: those that it replaced in this transaction count. */
function isWarm(state: JournalState, slot: Slot): boolean {
  if (slot.warmIn === state.transaction) return true;
  let storage = slot.owner;
  while (storage.clearedIn === state.transaction && storage.cleared !== undefined) {
    storage = storage.cleared;
    if (findSlot(state, slot.account, storage, slot.key).warmIn === state.transaction) return true;
  }
  return false;
}

function warm(state: JournalState, target: AccountEntry | Slot): void {
  state.log.push(undoWarm, target, target.warmIn);
  target.warmIn = state.transaction;
}

function undoWarm(target: AccountEntry | Slot, warmIn: number): void {
  target.warmIn = warmIn;
}
