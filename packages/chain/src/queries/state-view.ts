/** The state at a block, as users read it. */
import { emptyBytes, svmDesignator, zeroHash } from "@trireme/core";
import type { StateReader } from "@trireme/state";
import type { StateView } from "../chain.ts";

/** A reader with what RPC asks for besides. `prove` proves what is committed: neither pending transactions nor mutations. */
export function createStateView(reader: StateReader, site: Omit<StateView, keyof StateReader | "getStorageAt" | "getCodeAt">): StateView {
  return {
    ...site,
    getAccount: reader.getAccount,
    getNextGeneration: reader.getNextGeneration,
    getSlot: reader.getSlot,
    getCode: reader.getCode,
    getDataPage: reader.getDataPage,
    getStorageAt: (address, key) => {
      const account = reader.getAccount(address);
      return (account === undefined ? undefined : reader.getSlot(address, account.storageGeneration, key)) ?? zeroHash;
    },
    getCodeAt: (address) => {
      const account = reader.getAccount(address);
      if (account === undefined) return emptyBytes;
      // Rule 15: what the account's code hash is of.
      return account.svm === undefined ? (reader.getCode(account.codeHash) ?? emptyBytes) : svmDesignator(account.svm);
    },
  };
}
