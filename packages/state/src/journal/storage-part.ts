/** EVM-style storage: the persistent half of the `StorageHost` of a journal. */
import { TriremeError, type Address, type StorageHost } from "@trireme/core";
import { generationOf, loadedAccount, nextStorage, writeAccount } from "./account-entry.ts";
import { hashBytes, sameBytes } from "./byte-table.ts";
import { zeroWord, type AccountEntry, type JournalState, type Slot, type Storage } from "./journal-state.ts";

/** Makes the part over the shared state. */
export function createStoragePart(
  state: JournalState,
): Pick<StorageHost, "getStorage" | "getOriginalStorage" | "setStorage" | "hasStorage" | "clearStorage"> {
  return {
    getStorage(address, key) {
      const entry = loadedAccount(state, address);
      if (!entry.storage.hasSlots) return zeroWord;
      return loadedSlot(state, entry, key).value;
    },
    getOriginalStorage(address, key) {
      const entry = loadedAccount(state, address);
      let storage = entry.storage;
      while (storage.clearedIn === state.transaction && storage.cleared !== undefined) storage = storage.cleared;
      const slot = findSlot(state, entry, storage, key);
      loadSlot(state, slot);
      return slot.originalIn === state.transaction ? slot.original : slot.value;
    },
    setStorage(address, key, value) {
      const entry = loadedAccount(state, address);
      const slot = loadedSlot(state, entry, key);
      if (sameBytes(slot.value, value)) return;
      // The root could not show it: an SVM account's storage root is that of its data (rule 15).
      if (entry.svm !== undefined)
        throw new TriremeError("INVALID_ARGUMENT", "expected an account without an SVM record to set a slot of, got one with");
      writeAccount(state, entry);
      if (slot.originalIn !== state.transaction) {
        slot.original = slot.value;
        slot.originalIn = state.transaction;
      }
      if (!slot.isDirty) {
        slot.isDirty = true;
        state.dirtySlots.push(slot);
      }
      state.log.push(setSlot, slot, slot.value);
      if (sameBytes(zeroWord, value)) slot.value = zeroWord;
      else {
        slot.value = value.slice();
        noteSlots(state, entry.storage);
      }
    },
    hasStorage(address: Address) {
      return loadedAccount(state, address).storage.hasSlots;
    },
    clearStorage(address: Address) {
      const entry = loadedAccount(state, address);
      if (!entry.storage.hasSlots) return;
      writeAccount(state, entry);
      state.log.push(undoClear, entry, entry.storage);
      entry.storage = nextStorage(state, entry, entry.storage);
    },
  };
}

/** The slot of a storage, made where there is none; not read by this. */
export function findSlot(state: JournalState, entry: AccountEntry, storage: Storage, key: Uint8Array): Slot {
  const last = state.lastSlot;
  if (last !== undefined && last.owner === storage && sameBytes(last.key, key)) return last;
  const hash = hashBytes(key, storage.salt);
  let slot = state.slots.find(storage, key, hash);
  if (slot === undefined) {
    slot = {
      hash,
      key: key.slice(),
      owner: storage,
      account: entry,
      isLoaded: false,
      base: zeroWord,
      value: zeroWord,
      original: zeroWord,
      originalIn: 0,
      warmIn: 0,
      isDirty: false,
    };
    state.slots.insert(slot);
  }
  state.lastSlot = slot;
  return slot;
}

function loadedSlot(state: JournalState, entry: AccountEntry, key: Uint8Array): Slot {
  const slot = findSlot(state, entry, entry.storage, key);
  loadSlot(state, slot);
  return slot;
}

function loadSlot(state: JournalState, slot: Slot): void {
  if (slot.isLoaded) return;
  slot.isLoaded = true;
  const storage = slot.owner;
  if (storage.isFresh) return;
  const value = state.reader.getSlot(slot.account.key, generationOf(state, slot.account, storage), slot.key);
  if (value === undefined) return;
  slot.base = value;
  slot.value = value;
}

/** Once for a storage, so that writers of different slots leave its account alone: they do not conflict. */
function noteSlots(state: JournalState, storage: Storage): void {
  if (storage.hasSlots) return;
  state.log.push(setHasSlots, storage, false);
  storage.hasSlots = true;
}

function setSlot(slot: Slot, value: Uint8Array): void {
  slot.value = value;
}

function setHasSlots(storage: Storage, hasSlots: boolean): void {
  storage.hasSlots = hasSlots;
}

function undoClear(entry: AccountEntry, storage: Storage): void {
  entry.storage = storage;
}
