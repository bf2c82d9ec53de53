/** A block's changes on the nodes of the state trie. Everything that is hashed for keys and values is hashed in batches first. */
import { bigintToBytes, emptyCodeHash, equalBytes, type Hash } from "@trireme/core";
import { dataSlots, hashedDataSlotKey, type DataSlots } from "./account-data.ts";
import { getValue } from "./get-value.ts";
import { keccakMany } from "./keccak-many.ts";
import type { AccountValue, TrieNode } from "./node.ts";
import { putValue } from "./put-value.ts";
import { removeValue } from "./remove-value.ts";
import { encodeSlotValue } from "./slot-value.ts";
import type { TrieAccountChange, TrieChanges } from "./trie-changes.ts";

/** The root node after `changes`; new nodes have no reference yet. */
export function applyChanges(root: TrieNode | undefined, changes: TrieChanges): TrieNode | undefined {
  const addresses = keccakMany(changes.map((change) => change.address));
  const slotKeys = keccakMany(changes.flatMap((change) => change.slots.map((slot) => slot.key)));

  const before = changes.map((change, index) => getValue(root, addresses[index] as Uint8Array) as AccountValue | undefined);
  const data = changes.map((change, index) => dataSlotsOf(change, before[index]));
  const chunkHashes = keccakMany(data.flatMap((slots) => slots?.chunks.map((chunk) => chunk.bytes) ?? []));

  let node = root;
  let nextSlot = 0;
  let nextChunk = 0;
  changes.forEach((change, index) => {
    const key = addresses[index] as Uint8Array;
    const old = before[index];
    let storage = change.storageCleared ? undefined : old?.storage;
    for (const slot of change.slots) storage = setSlot(storage, slotKeys[nextSlot++] as Uint8Array, slot.value);
    const slots = data[index];
    for (const chunk of slots?.chunks ?? []) storage = setSlot(storage, hashedDataSlotKey(chunk.index), chunkHashes[nextChunk++]);
    for (const { index, value } of slots?.numbers ?? []) {
      storage = setSlot(storage, hashedDataSlotKey(index), bigintToBytes(BigInt(value), 4));
    }
    if (change.account === undefined) {
      if (old !== undefined && node !== undefined) node = removeValue(node, key, 0);
      return;
    }
    const { nonce, balance } = change.account;
    const codeHash = sharedCodeHash(change.account.codeHash, old);
    const kept = change.storageCleared ? 0 : (old?.dataLength ?? 0);
    node = putValue(node, key, 0, { nonce, balance, codeHash, storage, dataLength: change.data?.length ?? kept });
  });
  return node;
}

function dataSlotsOf(change: TrieAccountChange, old: AccountValue | undefined): DataSlots | undefined {
  if (change.data === undefined) return undefined;
  return dataSlots(change.storageCleared ? 0 : (old?.dataLength ?? 0), change.data);
}

/** One array for equal code hashes: most accounts have none of their own. */
function sharedCodeHash(codeHash: Hash, old: AccountValue | undefined): Hash {
  if (old !== undefined && equalBytes(old.codeHash, codeHash)) return old.codeHash;
  return equalBytes(emptyCodeHash, codeHash) ? emptyCodeHash : codeHash;
}

/** The storage root node once the slot under the hashed key has `value`. */
function setSlot(storage: TrieNode | undefined, hashedKey: Uint8Array, value: Uint8Array | undefined): TrieNode | undefined {
  const leaf = encodeSlotValue(value);
  if (leaf !== undefined) return putValue(storage, hashedKey, 0, leaf);
  return storage === undefined ? undefined : removeValue(storage, hashedKey, 0);
}
