/** The root hash of a trie, from its root node. */
import { type Hash, keccak256 } from "@trireme/core";
import { type TrieNode, writeReference } from "./node.ts";

/** Root of a trie without entries: keccak256 of the RLP of the empty string. */
export const emptyTrieRoot: Hash = keccak256(Uint8Array.of(0x80)) as Hash;

/** Root hash of the trie under a node that has its reference. */
export function rootHash(root: TrieNode | undefined): Hash {
  const hash = new Uint8Array(32);
  writeRoot(root, hash, new DataView(hash.buffer), 0);
  return hash as Hash;
}

/** Writes the 32 bytes of the root hash. */
export function writeRoot(root: TrieNode | undefined, bytes: Uint8Array, view: DataView, offset: number): void {
  if (root === undefined) bytes.set(emptyTrieRoot, offset);
  else if (root.referenceLength === 32) writeReference(root, view, offset);
  else {
    // A root is hashed however short it is; below another node the same node would be embedded.
    const embedded = new Uint8Array(32);
    writeReference(root, new DataView(embedded.buffer), 0);
    bytes.set(keccak256(embedded.subarray(0, root.referenceLength)), offset);
  }
}
