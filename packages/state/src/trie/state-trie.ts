/** The state trie: Ethereum's secure Merkle-Patricia trie of accounts, each with its own storage trie. */
import type { Address, Hash } from "@trireme/core";
import type { AccountProof } from "./account-proof.ts";
import type { TrieAccount, TrieChanges } from "./trie-changes.ts";

/** One version of the state trie. Versions are immutable: an old one still reads and proves after later updates. */
export interface StateTrie {
  readonly root: Hash;
  /** The version after `changes`; costs only with what changed. Dropping the result is a preview. */
  update(changes: TrieChanges): StateTrie;
  /** An account's leaf, `storageHash` being the root of its storage trie. */
  getAccount(address: Address): (TrieAccount & { readonly storageHash: Hash }) | undefined;
  /** Slot value without leading zeros, undefined when the slot is zero. `key` has 32 bytes. */
  getSlot(address: Address, key: Uint8Array): Uint8Array | undefined;
  /** EIP-1186 proof of an account and slots, present or absent. */
  prove(address: Address, slotKeys: readonly Uint8Array[]): AccountProof;
}
