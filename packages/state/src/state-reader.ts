/**
 * Reading state, synchronously: the flat key space in which every account of every VM lives. A reader is a snapshot:
 * it does not change while somebody executes on it.
 */
import type { Address, Hash, SvmRecord } from "@trireme/core";

/** One account, whichever VM it belongs to. */
export interface AccountRecord {
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
  /** keccak256 of the deployed code; `emptyCodeHash` for a wallet. For an SVM account the hash of its designator. */
  readonly codeHash: Hash;
  /** Slots live under (address, generation, key): raising it clears the storage in O(1). */
  readonly storageGeneration: number;
  /**
   * Whether a slot of this generation ever was something else than zero. EIP-7610 asks whether one is: that differs only where
   * something ran that sets slots to zero, and such an account has code or a nonce, which are collisions themselves. A count
   * would make every two writers of an account's slots conflict.
   */
  readonly hasSlots: boolean;
  /** What makes it an SVM account. */
  readonly svm: SvmRecord | undefined;
}

/** Synchronous reads that execution needs. Returned arrays are read-only. */
export interface StateReader {
  getAccount(address: Address): AccountRecord | undefined;
  /**
   * Whether the account is there and is no matter of EIP-161 or rule 11 however much it is credited: with a nonce, code, or a
   * balance. For who reads many versions: that stays so while the balance changes. Where it is left out the account is read.
   */
  staysWhenTouched?(address: Address): boolean;
  /**
   * The generation with which an account starts that is made anew where `getAccount` has none: above that of every
   * account that was removed from the address, so that old slots stay out of sight; 0 where there never was one.
   */
  getNextGeneration(address: Address): number;
  /** 32 bytes, or undefined for a slot that is zero. */
  getSlot(address: Address, generation: number, key: Uint8Array): Uint8Array | undefined;
  getCode(codeHash: Hash): Uint8Array | undefined;
  /** The page `index` of account data without its trailing zeros; undefined reads as zeros. */
  getDataPage(address: Address, index: number): Uint8Array | undefined;
  /** The value under a flat key, where the reader stands over flat keys itself. */
  getFlat?: (key: Uint8Array) => Uint8Array | undefined;
}
