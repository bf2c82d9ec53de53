/** Looking a key up. */
import { divergence, nibbleAt } from "./nibbles.ts";
import type { TrieNode, TrieValue } from "./node.ts";

/** The value under `key` in the trie with root node `root`. */
export function getValue(root: TrieNode | undefined, key: Uint8Array): TrieValue | undefined {
  const length = key.length * 2;
  let node = root;
  let depth = 0;
  while (node !== undefined) {
    if (node.kind === "leaf") {
      const ends = node.key.length === key.length && divergence(node.key, key, depth, length) === length;
      return ends ? node.value : undefined;
    }
    if (node.kind === "extension") {
      if (divergence(node.key, key, depth, node.end) !== node.end) return undefined;
      depth = node.end;
      node = node.child;
    } else {
      if (depth === length) return node.value;
      node = node.children[nibbleAt(key, depth++)];
    }
  }
  return undefined;
}
