/** Transient storage (EIP-1153): spans the transaction, whichever VMs ran. */
import type { StorageHost } from "@trireme/core";
import { findAccount } from "./account-entry.ts";
import { hashBytes, sameBytes } from "./byte-table.ts";
import { zeroWord, type JournalState, type TransientSlot } from "./journal-state.ts";

/** Makes the part over the shared state. */
export function createTransientPart(state: JournalState): Pick<StorageHost, "getTransientStorage" | "setTransientStorage"> {
  return {
    getTransientStorage(address, key) {
      if (state.transientSlots.isEmpty()) return zeroWord;
      const owner = findAccount(state, address);
      return state.transientSlots.find(owner, key, hashBytes(key, owner.hash))?.value ?? zeroWord;
    },
    setTransientStorage(address, key, value) {
      const owner = findAccount(state, address);
      const hash = hashBytes(key, owner.hash);
      let slot = state.transientSlots.find(owner, key, hash);
      if (slot === undefined) {
        slot = { hash, key: key.slice(), owner, value: zeroWord };
        state.transientSlots.insert(slot);
      }
      if (sameBytes(slot.value, value)) return;
      state.log.push(undoTransient, slot, slot.value);
      slot.value = value.slice();
    },
  };
}

function undoTransient(slot: TransientSlot, value: Uint8Array): void {
  slot.value = value;
}
