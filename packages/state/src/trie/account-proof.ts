/** The proof of an account and of slots of it, as `eth_getProof` answers it (EIP-1186). */
import type { Address, Hash } from "@trireme/core";

/** One slot of an account, with the nodes that prove it. */
export interface StorageProof {
  /** 32 bytes, as asked. */
  readonly key: Uint8Array;
  /** Zero for a slot that is absent. */
  readonly value: bigint;
  /** RLP of the nodes from the storage root down; empty when the storage is empty. */
  readonly proof: readonly Uint8Array[];
}

/** An account's leaf and slots under a state root. An absent account reads as empty: nonce 0, balance 0, no code. */
export interface AccountProof {
  readonly address: Address;
  /** RLP of the nodes from the state root down; empty when the state is empty. */
  readonly accountProof: readonly Uint8Array[];
  /** Wei. */
  readonly balance: bigint;
  readonly nonce: bigint;
  /** keccak256 of nothing for an account without code, and for an absent one. */
  readonly codeHash: Hash;
  /** Root of the storage trie; the empty root for an absent account. */
  readonly storageHash: Hash;
  /** In the order of the keys asked. */
  readonly storageProof: readonly StorageProof[];
}
