/** A Merkle-Patricia trie of raw keys and values. */
import type { Hash } from "@trireme/core";
import { getValue } from "./get-value.ts";
import { hashNodes } from "./hash-nodes.ts";
import type { TrieNode } from "./node.ts";
import { proofNodes } from "./proof-nodes.ts";
import { putValue } from "./put-value.ts";
import { removeValue } from "./remove-value.ts";
import { rootHash } from "./root.ts";

/** A new value for a key; `undefined` or an empty value removes the key. The trie keeps both arrays: nobody may write to them. */
export interface TrieEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** One version of a trie. Versions are immutable: an old one still reads and proves after later updates. */
export interface Trie {
  readonly root: Hash;
  get(key: Uint8Array): Uint8Array | undefined;
  /** The version after `entries`, in their order; costs only with what changed. */
  update(entries: Iterable<TrieEntry>): Trie;
  /** RLP of the nodes on the way to `key`, from the root down; they prove its value, or that it has none. */
  prove(key: Uint8Array): Uint8Array[];
}

/** A trie without entries. Keys are taken as they are: a "secure" trie is one whose caller hashes them. */
export function createTrie(): Trie {
  return trieAt(undefined);
}

function trieAt(node: TrieNode | undefined): Trie {
  let root: Hash | undefined;
  return {
    get root() {
      root ??= rootHash(node);
      return root;
    },
    get: (key) => getValue(node, key) as Uint8Array | undefined,
    update(entries) {
      let next = node;
      for (const { key, value } of entries) {
        if (value !== undefined && value.length > 0) next = putValue(next, key, 0, value);
        else if (next !== undefined) next = removeValue(next, key, 0);
      }
      if (next === node) return trieAt(node);
      hashNodes(next);
      return trieAt(next);
    },
    prove: (key) => proofNodes(node, key),
  };
}
