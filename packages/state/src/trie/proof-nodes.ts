/** The nodes that prove a key. */
import { encodeNode } from "./encode-node.ts";
import { divergence, nibbleAt } from "./nibbles.ts";
import type { TrieNode } from "./node.ts";

/** RLP of the nodes from the root towards `key`, as far as they go. A node that its parent embeds is not listed again. */
export function proofNodes(root: TrieNode | undefined, key: Uint8Array): Uint8Array[] {
  const nodes: Uint8Array[] = [];
  let node = root;
  let depth = 0;
  while (node !== undefined) {
    if (node === root || node.referenceLength === 32) nodes.push(encodeNode(node));
    if (node.kind === "leaf") break;
    if (node.kind === "extension") {
      if (divergence(node.key, key, depth, node.end) !== node.end) break;
      depth = node.end;
      node = node.child;
    } else {
      if (depth === key.length * 2) break;
      node = node.children[nibbleAt(key, depth++)];
    }
  }
  return nodes;
}
