import { bytesToHex, hexToBytes, keccak256 } from "@trireme/core";
import { describe, expect, it } from "vitest";
import { orderedTrieRoot } from "./ordered-trie.ts";
import { emptyTrieRoot } from "./root.ts";
import { createTrie, type Trie } from "./trie.ts";

const text = (value: string) => new TextEncoder().encode(value);
const entry = ([key, value]: readonly [string, string | undefined]) => ({
  key: key.startsWith("0x") ? hexToBytes(key) : text(key),
  value: value === undefined ? undefined : value.startsWith("0x") ? hexToBytes(value) : text(value),
});
const build = (entries: readonly (readonly [string, string | undefined])[]) => createTrie().update(entries.map(entry));
const rootOf = (trie: Trie) => bytesToHex(trie.root);

// Published in ethereum/tests, TrieTests.
describe("createTrie", () => {
  it("has the known root without entries", () => {
    expect(rootOf(createTrie())).toBe("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
    expect(bytesToHex(emptyTrieRoot)).toBe(rootOf(createTrie()));
  });

  it.each([
    ["singleItem", [["A", "a".repeat(50)]], "0xd23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab"],
    [
      "dogs",
      [
        ["doe", "reindeer"],
        ["dog", "puppy"],
        ["dogglesworth", "cat"],
      ],
      "0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3",
    ],
    [
      "puppy",
      [
        ["do", "verb"],
        ["horse", "stallion"],
        ["doge", "coin"],
        ["dog", "puppy"],
      ],
      "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84",
    ],
    [
      "foo",
      [
        ["foo", "bar"],
        ["food", "bass"],
      ],
      "0x17beaa1648bafa633cda809c90c04af50fc8aed3cb40d16efbddee6fdf63c4c3",
    ],
    [
      "smallValues",
      [
        ["be", "e"],
        ["dog", "puppy"],
        ["bed", "d"],
      ],
      "0x3f67c7a47520f79faa29255d2d3c084a7a6df0453116ed7232ff10277a8be68b",
    ],
    [
      "testy",
      [
        ["test", "test"],
        ["te", "testy"],
      ],
      "0x8452568af70d8d140f58d941338542f645fcca50094b20f3c3d8c3df49337928",
    ],
    [
      "hex",
      [
        ["0x0045", "0x0123456789"],
        ["0x4500", "0x9876543210"],
      ],
      "0x285505fcabe84badc8aa310e2aae17eddc7d120aabec8a476902c8184b3a3503",
    ],
  ] as const)("has the published root of %s", (_name, entries, root) => {
    expect(rootOf(build(entries))).toBe(root);
    expect(rootOf(build([...entries].toReversed()))).toBe(root);
    let single = createTrie();
    for (const pair of entries) single = single.update([entry(pair)]);
    expect(rootOf(single)).toBe(root);
  });

  it("reads what was put and nothing else", () => {
    const trie = build([
      ["do", "verb"],
      ["dog", "puppy"],
      ["doge", "coin"],
      ["horse", "stallion"],
    ]);
    const read = (key: string) => trie.get(text(key));
    expect(["do", "dog", "doge", "horse"].map((key) => new TextDecoder().decode(read(key)))).toEqual(["verb", "puppy", "coin", "stallion"]);
    expect(["", "d", "dogs", "doges", "horses", "hors", "x"].map(read)).toEqual(Array.from({ length: 7 }, () => undefined));
  });

  it("collapses branches and joins extensions when entries go", () => {
    const pairs = [
      ["do", "verb"],
      ["dog", "puppy"],
      ["doge", "coin"],
      ["horse", "stallion"],
      ["house", "building"],
    ] as const;
    const whole = build(pairs);
    for (const gone of pairs) {
      const rest = pairs.filter((pair) => pair !== gone);
      const removed = whole.update([entry([gone[0], undefined])]);
      expect(rootOf(removed), `without ${gone[0]}`).toBe(rootOf(build(rest)));
      expect(removed.get(text(gone[0]))).toBeUndefined();
      expect(rootOf(removed.update([entry(gone)]))).toBe(rootOf(whole));
    }
    expect(rootOf(whole.update(pairs.map(([key]) => entry([key, undefined]))))).toBe(rootOf(createTrie()));
    expect(rootOf(whole.update([entry(["dogs", undefined]), entry(["", undefined]), entry(["h", undefined])]))).toBe(rootOf(whole));
  });

  it("takes an empty value as a removal", () => {
    expect(
      rootOf(
        build([
          ["dog", "puppy"],
          ["cat", "kitten"],
          ["cat", ""],
        ]),
      ),
    ).toBe(rootOf(build([["dog", "puppy"]])));
  });

  it("holds values longer than a hash batch", () => {
    const long = new Uint8Array(400_000).fill(7);
    const trie = createTrie().update([
      { key: text("a"), value: long },
      { key: text("b"), value: text("x") },
    ]);
    expect(trie.get(text("a"))).toBe(long);
    expect(keccak256(trie.prove(text("a"))[0] as Uint8Array)).toEqual(trie.root);
  });
});

describe("orderedTrieRoot", () => {
  it("is the empty root for no values", () => {
    expect(orderedTrieRoot([])).toEqual(emptyTrieRoot);
  });

  it("uses rlp(index) as key", () => {
    const values = Array.from({ length: 300 }, (_, index) => text(`value ${index}`));
    const keys = values.map((_, index) => {
      if (index === 0) return Uint8Array.of(0x80);
      if (index < 128) return Uint8Array.of(index);
      return index < 256 ? Uint8Array.of(0x81, index) : Uint8Array.of(0x82, 1, index - 256);
    });
    const trie = createTrie().update(values.map((value, index) => ({ key: keys[index] as Uint8Array, value })));
    expect(orderedTrieRoot(values)).toEqual(trie.root);
  });
});
