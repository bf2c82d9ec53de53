/** The state trie: Ethereum's secure Merkle-Patricia trie of accounts, each with its own storage trie. */
import { type Address, bytesToBigint, emptyCodeHash, type Hash, keccak256 } from "@trireme/core";
import type { AccountProof } from "./account-proof.ts";
import { applyChanges } from "./apply-changes.ts";
import { getValue } from "./get-value.ts";
import { hashNodes } from "./hash-nodes.ts";
import type { AccountValue, TrieNode } from "./node.ts";
import { proofNodes } from "./proof-nodes.ts";
import { rootHash } from "./root.ts";
import { decodeSlotValue } from "./slot-value.ts";
import type { TrieAccount, TrieChanges } from "./trie-changes.ts";

/** One version of the state trie. Versions are immutable: an old one still reads and proves after later updates. */
export interface StateTrie {
  readonly root: Hash;
  /** The version after `changes`; costs only with what changed. Dropping the result is a preview. @throws TriremeError `INVALID_ARGUMENT` on data changes that leave out a page. */
  update(changes: TrieChanges): StateTrie;
  /** An account's leaf, `storageHash` being the root of its storage trie. */
  getAccount(address: Address): (TrieAccount & { readonly storageHash: Hash }) | undefined;
  /** Slot value without leading zeros, undefined when the slot is zero. `key` has 32 bytes. */
  getSlot(address: Address, key: Uint8Array): Uint8Array | undefined;
  /** EIP-1186 proof of an account and slots, present or absent. */
  prove(address: Address, slotKeys: readonly Uint8Array[]): AccountProof;
}

/** The state trie without accounts. */
export function createStateTrie(): StateTrie {
  return stateTrieAt(undefined);
}

function stateTrieAt(node: TrieNode | undefined): StateTrie {
  let root: Hash | undefined;
  const accountAt = (hashedAddress: Uint8Array) => getValue(node, hashedAddress) as AccountValue | undefined;
  return {
    get root() {
      root ??= rootHash(node);
      return root;
    },
    update(changes) {
      const next = applyChanges(node, changes);
      hashNodes(next);
      return stateTrieAt(next);
    },
    getAccount(address) {
      const account = accountAt(keccak256(address));
      if (account === undefined) return undefined;
      const { nonce, balance, codeHash, storage } = account;
      return { nonce, balance, codeHash, storageHash: rootHash(storage) };
    },
    getSlot(address, key) {
      const leaf = slotLeaf(accountAt(keccak256(address))?.storage, key);
      return leaf === undefined ? undefined : decodeSlotValue(leaf);
    },
    prove(address, slotKeys) {
      const hashedAddress = keccak256(address);
      const account = accountAt(hashedAddress);
      const storage = account?.storage;
      return {
        address,
        accountProof: proofNodes(node, hashedAddress),
        nonce: account?.nonce ?? 0n,
        balance: account?.balance ?? 0n,
        codeHash: account?.codeHash ?? emptyCodeHash,
        storageHash: rootHash(storage),
        storageProof: slotKeys.map((key) => {
          const leaf = slotLeaf(storage, key);
          const value = leaf === undefined ? 0n : bytesToBigint(decodeSlotValue(leaf));
          return { key, value, proof: proofNodes(storage, keccak256(key)) };
        }),
      };
    },
  };
}

function slotLeaf(storage: TrieNode | undefined, key: Uint8Array): Uint8Array | undefined {
  return getValue(storage, keccak256(key)) as Uint8Array | undefined;
}
