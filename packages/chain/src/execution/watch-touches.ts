/** What a transaction touches, and how that was before and after: noted where every environment's state passes, the journal. */
import { addressToHex, bytesToHex, type Address } from "@trireme/core";
import type { Journal } from "@trireme/state";
import type { AccountState, TouchedAccount } from "../chain.ts";

/** A journal that notes what goes through it. */
export interface TouchWatch {
  readonly journal: Journal;
  /** What was touched so far, with its state now. */
  touched(): readonly TouchedAccount[];
}

interface Touch {
  readonly address: Address;
  readonly before: AccountState;
  readonly slots: Map<string, { readonly key: Uint8Array; readonly before: Uint8Array }>;
  isCreated: boolean;
  isDestroyed: boolean;
}

/** Watches a journal for one transaction; `always` are accounts that count as touched whatever it does. */
export function watchTouches(journal: Journal, always: readonly Address[]): TouchWatch {
  const touches = new Map<string, Touch>();
  const stateOf = (address: Address): AccountState => ({
    balance: journal.getBalance(address),
    nonce: journal.getNonce(address),
    code: journal.getCode(address),
  });
  const note = (address: Address): Touch => {
    const name = addressToHex(address);
    const known = touches.get(name);
    if (known !== undefined) return known;
    // What nobody has touched is as it was.
    const copy = address.slice() as Address;
    const touch: Touch = { address: copy, before: stateOf(copy), slots: new Map(), isCreated: false, isDestroyed: false };
    touches.set(name, touch);
    return touch;
  };
  const noteSlot = (address: Address, key: Uint8Array): void => {
    const { slots } = note(address);
    const name = bytesToHex(key);
    if (!slots.has(name)) slots.set(name, { key: key.slice(), before: journal.getStorage(address, key).slice() });
  };
  for (const address of always) note(address);
  return {
    journal: Object.assign(Object.create(journal) as Journal, watched(journal, note, noteSlot)),
    touched: () =>
      [...touches.values()].map(({ address, before, slots, isCreated, isDestroyed }) => ({
        address,
        before,
        after: stateOf(address),
        isCreated,
        isDestroyed: isDestroyed && !journal.exists(address),
        slots: [...slots.values()].map((slot) => ({ ...slot, after: journal.getStorage(address, slot.key).slice() })),
      })),
  };
}

/** The methods that read or write accounts, each noting first. Access lists only warm: they touch nothing. */
function watched(
  journal: Journal,
  note: (address: Address) => Touch,
  noteSlot: (address: Address, key: Uint8Array) => void,
): Partial<Journal> {
  const noting =
    <Rest extends readonly unknown[], Result>(method: (address: Address, ...rest: Rest) => Result) =>
    (address: Address, ...rest: Rest): Result => {
      note(address);
      return method(address, ...rest);
    };
  const notingSlot =
    <Rest extends readonly unknown[], Result>(method: (address: Address, key: Uint8Array, ...rest: Rest) => Result) =>
    (address: Address, key: Uint8Array, ...rest: Rest): Result => {
      noteSlot(address, key);
      return method(address, key, ...rest);
    };
  return {
    exists: noting(journal.exists),
    getBalance: noting(journal.getBalance),
    setBalance: noting(journal.setBalance),
    credit: noting(journal.credit),
    burn: noting(journal.burn),
    transfer: (from, to, wei) => {
      note(from);
      note(to);
      return journal.transfer(from, to, wei);
    },
    getNonce: noting(journal.getNonce),
    setNonce: noting(journal.setNonce),
    getCode: noting(journal.getCode),
    getCodeSize: noting(journal.getCodeSize),
    getCodeHash: noting(journal.getCodeHash),
    setCode: noting(journal.setCode),
    touch: noting(journal.touch),
    getStorage: notingSlot(journal.getStorage),
    setStorage: notingSlot(journal.setStorage),
    setSvmRecord: noting(journal.setSvmRecord),
    markCreated: (address) => {
      note(address).isCreated = true;
      journal.markCreated(address);
    },
    destroy: (address) => {
      note(address).isDestroyed = true;
      journal.destroy(address);
    },
  };
}
