/** Setting a value: copies the path to it, but for nodes that this update made. */
import { equalBytes } from "@trireme/core";
import { divergence, nibbleAt } from "./nibbles.ts";
import { type Branch, emptyBranch, Extension, Leaf, type TrieNode, type TrieValue, writableBranch } from "./node.ts";

/**
 * The node that stands where `node` stood, at nibble `depth`, once `key` has `value`; the very same node when it had
 * that value already. The key is kept, not copied. Values are never empty.
 */
export function putValue(node: TrieNode | undefined, key: Uint8Array, depth: number, value: TrieValue): TrieNode {
  if (node === undefined) return new Leaf(key, depth, value);
  if (node.kind === "leaf") return putAtLeaf(node, key, depth, value);
  if (node.kind === "extension") return putAtExtension(node, key, depth, value);

  if (depth === key.length * 2) {
    if (node.value !== undefined && sameValue(node.value, value)) return node;
    const branch = writableBranch(node);
    branch.value = value;
    return branch;
  }
  const nibble = nibbleAt(key, depth);
  const before = node.children[nibble];
  const after = putValue(before, key, depth + 1, value);
  // A child that was changed in place belongs to this update, and so does whatever leads to it.
  if (after === before) return node;
  const branch = writableBranch(node);
  branch.children[nibble] = after;
  return branch;
}

function putAtLeaf(leaf: Leaf, key: Uint8Array, depth: number, value: TrieValue): TrieNode {
  const split = divergence(leaf.key, key, depth, Number.POSITIVE_INFINITY);
  if (split === key.length * 2 && key.length === leaf.key.length) {
    if (sameValue(leaf.value, value)) return leaf;
    if (leaf.referenceLength !== 0) return new Leaf(leaf.key, depth, value);
    leaf.value = value;
    return leaf;
  }
  const branch = emptyBranch();
  addEntry(branch, split, leaf.key, leaf.value);
  addEntry(branch, split, key, value);
  return split === depth ? branch : new Extension(key, depth, split, branch);
}

function putAtExtension(extension: Extension, key: Uint8Array, depth: number, value: TrieValue): TrieNode {
  const split = divergence(extension.key, key, depth, extension.end);
  if (split === extension.end) {
    const child = putValue(extension.child, key, split, value) as Branch; // what is put at a branch stays one
    if (child === extension.child) return extension;
    if (extension.referenceLength === 0) {
      extension.child = child;
      return extension;
    }
    return new Extension(extension.key, depth, extension.end, child);
  }
  const branch = emptyBranch();
  const rest = split + 1;
  branch.children[nibbleAt(extension.key, split)] =
    rest === extension.end ? extension.child : new Extension(extension.key, rest, extension.end, extension.child);
  addEntry(branch, split, key, value);
  return split === depth ? branch : new Extension(key, depth, split, branch);
}

/** Puts an entry into a branch at nibble `depth` that has no child there. */
function addEntry(branch: Branch, depth: number, key: Uint8Array, value: TrieValue): void {
  if (key.length * 2 === depth) branch.value = value;
  else branch.children[nibbleAt(key, depth)] = new Leaf(key, depth + 1, value);
}

function sameValue(left: TrieValue, right: TrieValue): boolean {
  if (left instanceof Uint8Array || right instanceof Uint8Array) {
    return left instanceof Uint8Array && right instanceof Uint8Array && equalBytes(left, right);
  }
  return (
    left.nonce === right.nonce &&
    left.balance === right.balance &&
    left.storage === right.storage &&
    left.dataLength === right.dataLength &&
    equalBytes(left.codeHash, right.codeHash)
  );
}
