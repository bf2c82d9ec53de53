/** The borders of a transaction: what begins with it, what its end removes, and how it leaves no trace. */
import { emptyBytes, emptyCodeHash, weiPerLamport } from "@trireme/core";
import { isEmptyAccount, loadAccount, markDirty, nextStorage } from "./account-entry.ts";
import { dropRecord } from "./data-account-part.ts";
import type { AccountEntry, JournalState } from "./journal-state.ts";

/** Forgets the marks, logs and undo entries of the transaction before; what it wrote stands. */
export function beginTransaction(state: JournalState): void {
  state.log.clear();
  state.transientSlots.clear();
  state.transaction++;
  state.touched = [];
  state.startBalances = [];
  state.destroyed = [];
  state.logs = [];
  state.programLogs = [];
}

/**
 * Makes the transaction part of the block. Removes what it destroyed (the balance is burnt), then SVM records whose
 * lamports are 0 (rule 11; the remainder in wei stays), then touched accounts that are empty (EIP-161).
 */
export function endTransaction(state: JournalState): void {
  for (const entry of state.destroyed) {
    if (!entry.isLoaded) loadAccount(state, entry);
    state.burnt += entry.balance;
    removeAccount(state, entry);
  }
  for (const entry of state.touched) {
    // Credited with a lamport or more it is neither empty nor without lamports, whatever it had: no read.
    if (!entry.isLoaded && entry.pendingCredit >= weiPerLamport) continue;
    if (!entry.isLoaded) {
      if (state.reader.staysWhenTouched?.(entry.key) === true) continue;
      loadAccount(state, entry);
    }
    if (entry.svm !== undefined && entry.balance < weiPerLamport) dropRecord(entry);
    if (entry.isPresent && isEmptyAccount(entry)) removeAccount(state, entry);
  }
  state.log.clear();
}

/** Undoes everything since the transaction began, its logs and marks included. */
export function rollbackTransaction(state: JournalState): void {
  state.log.revertAll();
  beginTransaction(state);
}

/** Takes an account out of the state. Its generation survives, so that whoever is made here next sees no old slot. */
function removeAccount(state: JournalState, entry: AccountEntry): void {
  markDirty(state, entry);
  entry.isPresent = false;
  entry.balance = 0n;
  entry.nonce = 0n;
  entry.codeHash = emptyCodeHash;
  entry.code = emptyBytes;
  dropRecord(entry);
  if (entry.storage.hasSlots) entry.storage = nextStorage(state, entry, entry.storage);
}
