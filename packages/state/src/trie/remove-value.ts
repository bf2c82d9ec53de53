/** Removing a value: copies the path to it and restores the one shape that the remaining content has. */
import { divergence, nibbleAt } from "./nibbles.ts";
import { type Branch, Extension, Leaf, someKey, type TrieNode, type TrieValue, writableBranch } from "./node.ts";

/** The node that stands where `node` stood, at nibble `depth`, once `key` is gone; the very same node when it was not there. */
export function removeValue(node: TrieNode, key: Uint8Array, depth: number): TrieNode | undefined {
  const length = key.length * 2;
  if (node.kind === "leaf") {
    const ends = node.key.length === key.length && divergence(node.key, key, depth, length) === length;
    return ends ? undefined : node;
  }
  if (node.kind === "extension") {
    if (divergence(node.key, key, depth, node.end) !== node.end) return node;
    const child = removeValue(node.child, key, node.end);
    // A branch has two entries at least, so something is left of it.
    return child === node.child ? node : withPath(child as TrieNode, node.key, depth, node.end);
  }
  if (depth === length) {
    if (node.value === undefined) return node;
    const branch = writableBranch(node);
    branch.value = undefined;
    return collapsed(branch, depth, key);
  }
  const nibble = nibbleAt(key, depth);
  const before = node.children[nibble];
  if (before === undefined) return node;
  const after = removeValue(before, key, depth + 1);
  if (after === before) return node;
  const branch = writableBranch(node);
  branch.children[nibble] = after;
  return after === undefined ? collapsed(branch, depth, key) : branch;
}

/** `node`, which stands at nibble `end`, reached from `depth` over the nibbles of `key`. */
function withPath(node: TrieNode, key: Uint8Array, depth: number, end: number): TrieNode {
  if (node.kind === "leaf") return new Leaf(node.key, depth, node.value);
  if (node.kind === "extension") return new Extension(node.key, depth, node.end, node.child);
  return new Extension(key, depth, end, node);
}

/** A branch at nibble `depth` that lost the entry of `removed`: itself, or what stands for its only entry. */
function collapsed(branch: Branch, depth: number, removed: Uint8Array): TrieNode {
  let only: TrieNode | undefined;
  for (const child of branch.children) {
    if (child === undefined) continue;
    if (only !== undefined || branch.value !== undefined) return branch;
    only = child;
  }
  if (only !== undefined) return withPath(only, someKey(only), depth, depth + 1);
  // Only the value is left; its key ends here, on the way to the removed one.
  return new Leaf(removed.slice(0, depth / 2), depth, branch.value as TrieValue);
}
