import { Trie as ThirdPartyTrie } from "@ethereumjs/trie";
import { RLP } from "@ethereumjs/rlp";
import { bigintToBytes, bytesToBigint, emptyCodeHash, keccak256, type Address, type Hash } from "@trireme/core";
import { describe, expect, it } from "vitest";
import type { AccountProof } from "./account-proof.ts";
import { emptyTrieRoot } from "./root.ts";
import { createStateTrie } from "./state-trie.ts";
import { createTrie } from "./trie.ts";
import { verifyAccountProof } from "./verify-account-proof.ts";

const word = (value: number) => bigintToBytes(BigInt(value), 32);
const addressOf = (seed: number) => keccak256(word(seed)).slice(12) as Address;
const accounts = Array.from({ length: 500 }, (_, seed) => ({
  address: addressOf(seed),
  account: {
    nonce: BigInt(seed % 300),
    balance: BigInt(seed) * 10n ** 18n,
    codeHash: seed % 5 === 0 ? (keccak256(word(seed)) as Hash) : emptyCodeHash,
  },
  storageCleared: false,
  slots: seed % 10 === 0 ? Array.from({ length: seed }, (_, index) => ({ key: word(index), value: word((index + 1) * 99) })) : [],
  data: seed === 7 ? { length: 50_000, pages: [{ index: 3, bytes: word(1) }] } : undefined,
}));
const state = createStateTrie().update(accounts);

/** What another implementation reads out of a proof, with the key hashed by it. @throws when it does not accept the proof */
const thirdParty = async (root: Uint8Array, key: Uint8Array, proof: readonly Uint8Array[]) =>
  (await ThirdPartyTrie.verifyProof(key, [...proof], { root, useKeyHashing: true })) ?? undefined;

/** The claims of an account proof as the other implementation reads them. */
async function readByThirdParty(proof: AccountProof) {
  const leaf = await thirdParty(state.root, proof.address, proof.accountProof);
  const fields = leaf === undefined ? undefined : (RLP.decode(leaf) as Uint8Array[]);
  const slots = await Promise.all(
    proof.storageProof.map(async ({ key, proof: nodes }) => {
      const value = nodes.length === 0 ? undefined : await thirdParty(proof.storageHash, key, nodes);
      return value === undefined ? 0n : bytesToBigint(RLP.decode(value) as Uint8Array);
    }),
  );
  return { fields, slots };
}

describe("account proofs", () => {
  it.each([0, 1, 10, 250, 490])("of account %i convince another implementation, of slots present and absent", async (seed) => {
    const { address, account, slots } = accounts[seed] as (typeof accounts)[number];
    const asked = [0, 9, 249, 10_000];
    const proof = state.prove(address, asked.map(word));
    expect(() => verifyAccountProof(state.root, proof)).not.toThrow();
    expect(proof).toMatchObject(account);
    expect(proof.storageProof.map(({ value }) => value)).toEqual(asked.map((key) => (key < slots.length ? BigInt((key + 1) * 99) : 0n)));

    const read = await readByThirdParty(proof);
    const [nonce, balance, storageHash, codeHash] = read.fields as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    expect({ nonce: bytesToBigint(nonce), balance: bytesToBigint(balance), codeHash }).toEqual(account);
    expect(storageHash).toEqual(proof.storageHash);
    expect(read.slots).toEqual(proof.storageProof.map(({ value }) => value));
  });

  it("of SVM data show the hash of a chunk and the length", async () => {
    const proof = state.prove(addressOf(7), [word(3), word(13)]);
    const page = new Uint8Array(4096);
    page.set(word(1));
    expect((await readByThirdParty(proof)).slots).toEqual([bytesToBigint(keccak256(page)), 50_000n]);
  });

  it("show another implementation that an account is absent", async () => {
    for (let seed = 1000; seed < 1050; seed++) {
      const proof = state.prove(addressOf(seed), [word(0)]);
      expect(proof).toMatchObject({ nonce: 0n, balance: 0n, codeHash: emptyCodeHash, storageHash: emptyTrieRoot });
      expect(proof.accountProof.length).toBeGreaterThan(0);
      expect(await readByThirdParty(proof)).toEqual({ fields: undefined, slots: [0n] });
      expect(() => verifyAccountProof(state.root, proof)).not.toThrow();
    }
  });

  it("of a state without accounts are empty", () => {
    const empty = createStateTrie();
    const proof = empty.prove(addressOf(1), [word(1)]);
    expect(proof).toMatchObject({ accountProof: [], storageProof: [{ key: word(1), value: 0n, proof: [] }] });
    expect(() => verifyAccountProof(empty.root, proof)).not.toThrow();
  });

  it.each([
    ["nonce", { nonce: 11n }],
    ["balance", { balance: 0n }],
    ["codeHash", { codeHash: emptyCodeHash }],
    ["storageHash", { storageHash: emptyTrieRoot }],
    ["address", { address: addressOf(20) }],
    ["accountProof", { accountProof: [] }],
  ] satisfies [string, Partial<AccountProof>][])("do not verify with another %s", (_name, lie) => {
    const proof = state.prove(addressOf(10), [word(0)]);
    expect(() => verifyAccountProof(state.root, { ...proof, ...lie })).toThrow(expect.objectContaining({ code: "INVALID_PROOF" }));
  });

  it("do not verify with another slot value", () => {
    const proof = state.prove(addressOf(10), [word(0)]);
    const storageProof = proof.storageProof.map((slot) => ({ ...slot, value: slot.value + 1n }));
    expect(() => verifyAccountProof(state.root, { ...proof, storageProof })).toThrow("expected slot value 99 as proven, got 100");
  });
});

describe("createTrie", () => {
  // No key begins another one: there the other implementation's removal leaves a trie that its own insertions do not make.
  it.each([8, 32])("has the root of another implementation with keys of %i bytes and more, and its proofs", async (shortest) => {
    const theirs = new ThirdPartyTrie();
    const entries = Array.from({ length: 400 }, (_, index) => ({
      key: keccak256(word(index)).slice(0, shortest + (index % (33 - shortest))),
      value: keccak256(word(index + 1000)).slice(0, 1 + (index % 31)),
    }));
    for (const { key, value } of entries) await theirs.put(key, value);
    const removed = entries.filter((_, index) => index % 3 === 0);
    for (const { key } of removed) await theirs.del(key);
    const ours = createTrie().update([...entries, ...removed.map(({ key }) => ({ key, value: undefined }))]);
    expect(ours.root).toEqual(theirs.root());
    for (const { key } of entries) {
      // It lists embedded nodes as well, which have no hash; geth and this trie do not.
      const proof = (await theirs.createProof(key)).filter((node, index) => index === 0 || node.length >= 32);
      expect(ours.prove(key)).toEqual(proof);
    }
  });
});
