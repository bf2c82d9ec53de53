/** SVM records and account data: the `DataAccountHost` of a journal. */
import {
  emptyCodeHash,
  equalBytes,
  maxAccountDataLength,
  TriremeError,
  type Address,
  type DataAccountHost,
  type Hash,
  type Pubkey,
  type SvmRecord,
} from "@trireme/core";
import { loadedAccount, writeAccount } from "./account-entry.ts";
import { createAccountData, readPages, truncatePages, writePages } from "./data-pages.ts";
import type { AccountData, AccountEntry, JournalState } from "./journal-state.ts";

interface PreviousRecord {
  readonly svm: SvmRecord | undefined;
  readonly designatorHash: Hash | undefined;
  readonly data: AccountData | undefined;
}

/** Makes the part over the shared state. */
export function createDataAccountPart(state: JournalState): DataAccountHost {
  function dataInRange(address: Address, offset: number, length: number): { readonly entry: AccountEntry; readonly data: AccountData } {
    const entry = loadedAccount(state, address);
    const dataLength = entry.svm?.dataLength ?? 0;
    if (entry.data === undefined || offset < 0 || offset + length > dataLength) {
      throw new TriremeError(
        "INVALID_ARGUMENT",
        `expected a range within ${dataLength} bytes of account data, got ${offset} to ${offset + length}`,
      );
    }
    return { entry, data: entry.data };
  }

  return {
    getSvmRecord(address) {
      return loadedAccount(state, address).svm;
    },
    setSvmRecord(address, record) {
      const entry = loadedAccount(state, address);
      assertRecordFits(entry, record);
      writeAccount(state, entry);
      keepRecord(state, entry);
      const previous = entry.svm;
      if (previous === undefined || !sameDesignator(previous, record)) entry.designatorHash = undefined;
      const { executable, dataLength } = record;
      entry.svm = {
        pubkey: previous?.pubkey ?? copyPubkey(record.pubkey),
        owner: previous !== undefined && equalBytes(previous.owner, record.owner) ? previous.owner : copyPubkey(record.owner),
        executable,
        dataLength,
      };
      if (entry.data === undefined) entry.data = createAccountData();
      else if (previous !== undefined && record.dataLength < previous.dataLength)
        truncatePages(state, entry, entry.data, record.dataLength);
    },
    removeSvmRecord(address) {
      const entry = loadedAccount(state, address);
      if (entry.svm === undefined) return;
      writeAccount(state, entry);
      keepRecord(state, entry);
      dropRecord(entry);
    },
    getBoundPubkey(address) {
      return loadedAccount(state, address).svm?.pubkey;
    },
    readAccountData(address, offset, target) {
      const { entry, data } = dataInRange(address, offset, target.length);
      readPages(state, entry, data, offset, target);
    },
    writeAccountData(address, offset, source) {
      const { entry, data } = dataInRange(address, offset, source.length);
      writeAccount(state, entry);
      writePages(state, entry, data, offset, source);
    },
  };
}

/** Takes record and data off a loaded account, without undo. */
export function dropRecord(entry: AccountEntry): void {
  entry.svm = undefined;
  entry.designatorHash = undefined;
  entry.data = undefined;
}

function copyPubkey(pubkey: Pubkey): Pubkey {
  return pubkey.slice() as Pubkey;
}

function keepRecord(state: JournalState, entry: AccountEntry): void {
  const previous: PreviousRecord = { svm: entry.svm, designatorHash: entry.designatorHash, data: entry.data };
  state.log.push(undoRecord, entry, previous);
}

function undoRecord(entry: AccountEntry, previous: PreviousRecord): void {
  entry.svm = previous.svm;
  entry.designatorHash = previous.designatorHash;
  entry.data = previous.data;
}

function assertRecordFits(entry: AccountEntry, record: SvmRecord): void {
  if (entry.codeHash !== emptyCodeHash)
    throw new TriremeError("INVALID_ARGUMENT", "expected an account without code for an SVM record, got one with code");
  if (entry.storage.hasSlots)
    throw new TriremeError("INVALID_ARGUMENT", "expected an account without slots for an SVM record, got one with slots");
  if (entry.svm !== undefined && !equalBytes(entry.svm.pubkey, record.pubkey)) {
    throw new TriremeError("INVALID_ARGUMENT", "expected the pubkey that is bound to the account, got another one (rule 1)");
  }
  if (!Number.isInteger(record.dataLength) || record.dataLength < 0 || record.dataLength > maxAccountDataLength) {
    throw new TriremeError("INVALID_ARGUMENT", `expected a data length of 0 to ${maxAccountDataLength} bytes, got ${record.dataLength}`);
  }
}

function sameDesignator(left: SvmRecord, right: SvmRecord): boolean {
  return left.executable === right.executable && equalBytes(left.owner, right.owner);
}
