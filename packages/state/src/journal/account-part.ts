/** Balance, nonce and code: the `AccountHost` of a journal. */
import {
  emptyBytes,
  emptyCodeHash,
  keccak256,
  svmDesignator,
  svmDesignatorLength,
  TriremeError,
  type AccountHost,
  type Hash,
} from "@trireme/core";
import {
  codeHashOf,
  creditAccount,
  findAccount,
  isEmptyAccount,
  loadAccount,
  loadedAccount,
  maxBalance,
  touchAccount,
  writeAccount,
  writeBalance,
} from "./account-entry.ts";
import type { AccountEntry, JournalState } from "./journal-state.ts";

const MAX_NONCE = (1n << 64n) - 1n;

/** Makes the part over the shared state. */
export function createAccountPart(state: JournalState): Omit<AccountHost, "kindOf"> {
  return {
    exists(address) {
      return !isEmptyAccount(loadedAccount(state, address));
    },
    getBalance(address) {
      return loadedAccount(state, address).balance;
    },
    setBalance(address, wei) {
      if (wei < 0n || wei > maxBalance) throw new TriremeError("INVALID_ARGUMENT", `expected a balance of 0 to 2^256 - 1 wei, got ${wei}`);
      writeBalance(state, loadedAccount(state, address), wei);
    },
    credit(address, wei) {
      creditAccount(state, findAccount(state, address), wei);
    },
    burn(address, wei) {
      const entry = loadedAccount(state, address);
      if (entry.balance < wei) {
        throw new TriremeError("HOST_FAULT", `expected a balance of at least ${wei} wei to burn, got ${entry.balance}`);
      }
      writeBalance(state, entry, entry.balance - wei);
      if (wei === 0n) return;
      state.log.push(undoBurnt, state, state.burnt);
      state.burnt += wei;
    },
    transfer(from, to, wei) {
      const payer = loadedAccount(state, from);
      if (payer.balance < wei) return false;
      if (wei === 0n) touchAccount(state, payer);
      else writeBalance(state, payer, payer.balance - wei);
      creditAccount(state, findAccount(state, to), wei);
      return true;
    },
    getNonce(address) {
      return loadedAccount(state, address).nonce;
    },
    setNonce(address, nonce) {
      if (nonce < 0n || nonce > MAX_NONCE) throw new TriremeError("INVALID_ARGUMENT", `expected a nonce of 0 to 2^64 - 1, got ${nonce}`);
      const entry = loadedAccount(state, address);
      writeAccount(state, entry);
      if (entry.nonce === nonce) return;
      state.log.push(undoNonce, entry, entry.nonce);
      entry.nonce = nonce;
    },
    getCode(address) {
      const entry = loadedAccount(state, address);
      return entry.svm === undefined ? readCode(state, entry) : svmDesignator(entry.svm);
    },
    getCodeSize(address) {
      const entry = loadedAccount(state, address);
      return entry.svm === undefined ? readCode(state, entry).length : svmDesignatorLength;
    },
    getCodeHash(address) {
      return codeHashOf(loadedAccount(state, address));
    },
    setCode(address, code) {
      const entry = loadedAccount(state, address);
      if (entry.svm !== undefined)
        throw new TriremeError("INVALID_ARGUMENT", "expected an account without an SVM record to set code on, got one with");
      writeAccount(state, entry);
      state.log.push(undoCode, entry, { hash: entry.codeHash, code: entry.code });
      entry.code = code.length === 0 ? emptyBytes : code.slice();
      entry.codeHash = code.length === 0 ? emptyCodeHash : (keccak256(code) as Hash);
    },
    touch(address) {
      touchAccount(state, findAccount(state, address));
    },
  };
}

/** Deployed code of a loaded account. @throws TriremeError `HOST_FAULT` when the reader lacks it. */
export function readCode(state: JournalState, entry: AccountEntry): Uint8Array {
  if (!entry.isLoaded) loadAccount(state, entry);
  if (entry.code === undefined) {
    const code = state.reader.getCode(entry.codeHash);
    if (code === undefined) throw new TriremeError("HOST_FAULT", "expected the state to have the code of an account, got none");
    entry.code = code;
  }
  return entry.code;
}

function undoNonce(entry: AccountEntry, nonce: bigint): void {
  entry.nonce = nonce;
}

function undoCode(entry: AccountEntry, previous: { readonly hash: Hash; readonly code: Uint8Array | undefined }): void {
  entry.codeHash = previous.hash;
  entry.code = previous.code;
}

function undoBurnt(state: JournalState, burnt: bigint): void {
  state.burnt = burnt;
}
