/**
 * Nodes of a Merkle-Patricia trie. A node whose reference is known is never written to again; one without it was made
 * by the update that is going on, belongs to that update alone and is changed in place.
 */
import type { Hash } from "@trireme/core";

/** What a node is known by in its parent: the keccak256 of its RLP, or the RLP itself where that is shorter than 32 bytes. */
class Reference {
  /** 32 for a hash, 1 to 31 for an embedded RLP, 0 as long as it is not known. */
  referenceLength = 0;
  // The bytes, as eight little-endian words: numbers cost 8 bytes each where a Uint8Array of 32 would cost about 170.
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;
  word4 = 0;
  word5 = 0;
  word6 = 0;
  word7 = 0;
}

/** An account as its leaf holds it; its RLP is written only into the hash buffer. */
export interface AccountValue {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: Hash;
  /** Root node of the storage trie. */
  readonly storage: TrieNode | undefined;
  /** Bytes of account data that `storage` commits to (rule 15); 0 for any account but an SVM one. */
  readonly dataLength: number;
}

/** Raw bytes, or an account. */
export type TrieValue = Uint8Array | AccountValue;

/** The end of a key. */
export class Leaf extends Reference {
  readonly kind = "leaf";
  /** The whole key; the node's own path begins at nibble `depth`. */
  readonly key: Uint8Array;
  readonly depth: number;
  value: TrieValue;

  constructor(key: Uint8Array, depth: number, value: TrieValue) {
    super();
    this.key = key;
    this.depth = depth;
    this.value = value;
  }
}

/** A run of nibbles that all keys below share. */
export class Extension extends Reference {
  readonly kind = "extension";
  /** Any key below; the node's own path is its nibbles from `depth` to `end`. */
  readonly key: Uint8Array;
  readonly depth: number;
  readonly end: number;
  child: Branch;

  constructor(key: Uint8Array, depth: number, end: number, child: Branch) {
    super();
    this.key = key;
    this.depth = depth;
    this.end = end;
    this.child = child;
  }
}

/** A fork: a child for each next nibble, and the value of a key that ends here. */
export class Branch extends Reference {
  readonly kind = "branch";
  /** 16 of them. */
  readonly children: (TrieNode | undefined)[];
  value: TrieValue | undefined;

  constructor(children: (TrieNode | undefined)[], value: TrieValue | undefined) {
    super();
    this.children = children;
    this.value = value;
  }
}

/** A node; the empty trie is `undefined`. */
export type TrieNode = Leaf | Extension | Branch;

/** A branch without children. */
export function emptyBranch(): Branch {
  // A literal, not Array.from: the array is made packed and of its final size.
  const none = undefined;
  return new Branch([none, none, none, none, none, none, none, none, none, none, none, none, none, none, none, none], none);
}

/** The branch itself when this update made it, else a copy that the update may change. */
export function writableBranch(branch: Branch): Branch {
  return branch.referenceLength === 0 ? branch : new Branch(branch.children.slice(), branch.value);
}

/** Any key of the trie under `node`. */
export function someKey(node: TrieNode): Uint8Array {
  let current: TrieNode | undefined = node;
  while (current?.kind === "branch") current = current.children.find((child) => child !== undefined);
  // Every branch has at least one child, because each has two entries of which only one can be its value.
  return (current as Leaf | Extension).key;
}

/** Takes the reference from the 32 bytes at `offset`, of which `length` count. */
export function setReference(node: TrieNode, length: number, view: DataView, offset: number): void {
  node.word0 = view.getInt32(offset, true);
  node.word1 = view.getInt32(offset + 4, true);
  node.word2 = view.getInt32(offset + 8, true);
  node.word3 = view.getInt32(offset + 12, true);
  node.word4 = view.getInt32(offset + 16, true);
  node.word5 = view.getInt32(offset + 20, true);
  node.word6 = view.getInt32(offset + 24, true);
  node.word7 = view.getInt32(offset + 28, true);
  node.referenceLength = length;
}

/** Writes all 32 bytes of the reference. */
export function writeReference(node: TrieNode, view: DataView, offset: number): void {
  view.setInt32(offset, node.word0, true);
  view.setInt32(offset + 4, node.word1, true);
  view.setInt32(offset + 8, node.word2, true);
  view.setInt32(offset + 12, node.word3, true);
  view.setInt32(offset + 16, node.word4, true);
  view.setInt32(offset + 20, node.word5, true);
  view.setInt32(offset + 24, node.word6, true);
  view.setInt32(offset + 28, node.word7, true);
}
