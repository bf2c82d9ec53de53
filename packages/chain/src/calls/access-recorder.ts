/** What a transaction accesses, in whichever environment: noted where every access passes, the journal (EIP-2929). */
import { addressToHex, bytesToHex, type Address } from "@trireme/core";
import type { AccessListEntry } from "@trireme/ethereum";
import type { Journal } from "@trireme/state";

/** Notes accesses; those of frames that are reverted too, as the list has to spare them as well. */
export interface AccessRecorder {
  /** The journal to execute over. */
  readonly journal: Journal;
  /** What was accessed, in order; an account that is warm anyway only with its slots. */
  list(warm: readonly Address[]): readonly AccessListEntry[];
}

/** Makes a recorder over a journal. */
export function createAccessRecorder(journal: Journal): AccessRecorder {
  const accesses = new Map<string, { readonly address: Address; readonly keys: Map<string, Uint8Array> }>();
  const note = (address: Address): Map<string, Uint8Array> => {
    const name = addressToHex(address);
    let entry = accesses.get(name);
    if (entry === undefined) accesses.set(name, (entry = { address: address.slice() as Address, keys: new Map() }));
    return entry.keys;
  };
  return {
    journal: Object.assign(Object.create(journal) as Journal, {
      accessAccount: (address: Address): boolean => {
        note(address);
        return journal.accessAccount(address);
      },
      accessStorage: (address: Address, key: Uint8Array): boolean => {
        note(address).set(bytesToHex(key), key.slice());
        return journal.accessStorage(address, key);
      },
    }),
    list(warm) {
      const names = new Set<string>(warm.map(addressToHex));
      return [...accesses]
        .filter(([name, { keys }]) => keys.size > 0 || !names.has(name))
        .map(([, { address, keys }]) => ({ address, storageKeys: [...keys.values()] }));
    },
  };
}
