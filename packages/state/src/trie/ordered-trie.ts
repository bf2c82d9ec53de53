/** Roots of lists: transactions, receipts and withdrawals of a block. */
import type { Hash } from "@trireme/core";
import { hashNodes } from "./hash-nodes.ts";
import type { TrieNode } from "./node.ts";
import { putValue } from "./put-value.ts";
import { quantitySize, writeQuantity } from "./rlp-write.ts";
import { rootHash } from "./root.ts";

/** Root of the trie that holds value `i` under the key rlp(i) (Yellow Paper, 4.3.2). Values are not empty. */
export function orderedTrieRoot(values: readonly Uint8Array[]): Hash {
  let root: TrieNode | undefined;
  for (let index = 0; index < values.length; index++) {
    const position = BigInt(index);
    const key = new Uint8Array(quantitySize(position));
    writeQuantity(key, 0, position);
    root = putValue(root, key, 0, values[index] as Uint8Array);
  }
  hashNodes(root);
  return rootHash(root);
}
