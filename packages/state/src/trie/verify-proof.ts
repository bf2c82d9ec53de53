/** Checking proofs against a root, without a trie. */
import { equalBytes, type Hash, keccak256, TriremeError } from "@trireme/core";
import { nibbleAt } from "./nibbles.ts";
import { readList, type RlpItem } from "./rlp-read.ts";
import { emptyTrieRoot } from "./root.ts";

/**
 * The value that `proof` shows under `key` in the trie with root `root`, undefined when it shows that there is none.
 * The key is the trie's own: hashed by the caller for state and storage tries.
 * @throws TriremeError `INVALID_PROOF` when the nodes do not lead from the root to an answer, or are more than that takes
 */
export function verifyProof(root: Hash, key: Uint8Array, proof: readonly Uint8Array[]): Uint8Array | undefined {
  if (proof.length === 0 && equalBytes(root, emptyTrieRoot)) return undefined;
  const length = key.length * 2;
  let used = 0;
  let depth = 0;
  let items = readList(hashedNode(root, proof[used++]));
  for (;;) {
    let next: RlpItem | undefined;
    if (items.length === 17) {
      if (depth === length) return answer(items[16], used, proof);
      next = items[nibbleAt(key, depth++)];
    } else if (items.length === 2) {
      const [path, target] = items as [RlpItem, RlpItem];
      const { isLeaf, end } = followPath(path, key, depth);
      if (end === undefined || (isLeaf && end !== length)) return answer(undefined, used, proof);
      if (isLeaf) return answer(target, used, proof);
      depth = end;
      next = target;
    } else throw invalid(`a node of 17 or 2 items, got ${items.length}`);
    if (next === undefined || (!next.isList && next.payload.length === 0)) return answer(undefined, used, proof);
    items = readList(next.isList ? next.encoded : hashedNode(next.payload, proof[used++]));
  }
}

/** The node at hand, once it is known to be the one that its parent (or the root) names. */
function hashedNode(hash: Uint8Array, node: Uint8Array | undefined): Uint8Array {
  if (node === undefined) throw invalid("another node, got the end of the proof");
  if (!equalBytes(keccak256(node), hash)) throw invalid("the node that its parent names, got one with another hash");
  return node;
}

/** Follows a hex-prefix path (Yellow Paper, appendix C) from nibble `depth` of the key; `end` is undefined where it leaves the key. */
function followPath(path: RlpItem, key: Uint8Array, depth: number): { isLeaf: boolean; end: number | undefined } {
  const first = path.payload[0];
  if (path.isList || first === undefined || first >= 0x40 || ((first & 0x10) === 0 && (first & 0xf) !== 0)) {
    throw invalid("a hex-prefix path, got other bytes");
  }
  const isLeaf = (first & 0x20) !== 0;
  let end = depth;
  for (let index = (first & 0x10) === 0 ? 2 : 1; index < path.payload.length * 2; index++, end++) {
    if (end >= key.length * 2 || nibbleAt(path.payload, index) !== nibbleAt(key, end)) return { isLeaf, end: undefined };
  }
  if (!isLeaf && end === depth) throw invalid("an extension with a path, got an empty one");
  return { isLeaf, end };
}

function answer(value: RlpItem | undefined, used: number, proof: readonly Uint8Array[]): Uint8Array | undefined {
  if (used !== proof.length) throw invalid(`${used} nodes, got ${proof.length}`);
  if (value === undefined || value.payload.length === 0) return undefined;
  return value.isList ? value.encoded : value.payload;
}

function invalid(expected: string): TriremeError {
  return new TriremeError("INVALID_PROOF", `expected ${expected}`);
}
