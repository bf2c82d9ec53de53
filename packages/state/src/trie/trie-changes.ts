/** What a block changed, grouped by account: the input from which a state trie makes its next version. */
import type { Address, Hash } from "@trireme/core";

/** The fields of an account's leaf that are not derived from its storage. */
export interface TrieAccount {
  /** Always 0 for an SVM account (rule 15). */
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
  /** For an SVM account the keccak256 of its designator (rule 15). */
  readonly codeHash: Hash;
}

/** A slot that changed. */
export interface TrieSlotChange {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** Big-endian, leading zeros allowed; `undefined`, empty or all zeros removes the slot. */
  readonly value: Uint8Array | undefined;
}

/** A page of account data that changed. */
export interface TriePageChange {
  readonly index: number;
  /** The page as it is now; what it lacks up to its share of the account reads as zeros, and so does `undefined`. */
  readonly bytes: Uint8Array | undefined;
}

/** Changed data of an SVM account. */
export interface TrieDataChange {
  /** Bytes of account data after the block. */
  readonly length: number;
  /**
   * Pages whose bytes changed, each once, in any order; pages at or past the new end are ignored. Pages new by growth
   * may be left out when they are zeros. A page that was or becomes the shorter last one must be listed when the
   * length changed: its chunk is another one.
   */
  readonly pages: readonly TriePageChange[];
}

/** Everything that a block changed in one account. */
export interface TrieAccountChange {
  readonly address: Address;
  /** The account after the block, also when only its storage changed; `undefined` removes it with all its storage. */
  readonly account: TrieAccount | undefined;
  /** The old storage (slots or account data) is gone before `slots` and `data` apply: its generation changed, or it became or ceased to be an SVM account. */
  readonly storageCleared: boolean;
  /** Each key once, in any order; empty for an SVM account. */
  readonly slots: readonly TrieSlotChange[];
  /** Only for an SVM account whose data changed. */
  readonly data: TrieDataChange | undefined;
}

/** A block's changes: each address once, in any order. The root does not depend on the order. */
export type TrieChanges = readonly TrieAccountChange[];
