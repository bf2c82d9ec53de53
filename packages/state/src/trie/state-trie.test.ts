import { RLP } from "@ethereumjs/rlp";
import { accountDataPageSize, bigintToBytes, emptyCodeHash, hexToBytes, keccak256, type Address, type Hash } from "@trireme/core";
import { describe, expect, it } from "vitest";
import { emptyTrieRoot } from "./root.ts";
import { createStateTrie, type StateTrie } from "./state-trie.ts";
import { createTrie } from "./trie.ts";
import type { TrieAccountChange, TriePageChange } from "./trie-changes.ts";
import { verifyAccountProof } from "./verify-account-proof.ts";

const addressOf = (seed: number) => keccak256(Uint8Array.of(seed)).slice(12) as Address;
const word = (value: number | bigint) => bigintToBytes(BigInt(value), 32);
const wallet = { nonce: 0n, balance: 1n, codeHash: emptyCodeHash };
const alice = addressOf(1);
const bob = addressOf(2);

const change = (address: Address, fields: Partial<TrieAccountChange> = {}): TrieAccountChange => ({
  address,
  account: wallet,
  storageCleared: false,
  slots: [],
  data: undefined,
  ...fields,
});
const svm = (length: number, pages: readonly TriePageChange[], fields: Partial<TrieAccountChange> = {}) =>
  createdOn(createStateTrie(), length, pages, fields);
const createdOn = (trie: StateTrie, length: number, pages: readonly TriePageChange[], fields: Partial<TrieAccountChange> = {}) =>
  trie.update([change(alice, { data: { length, pages }, ...fields })]);
const storageHash = (trie: StateTrie, address = alice) => trie.getAccount(address)?.storageHash;

/** Storage root of plain slots, over the generic trie. */
const slotsRoot = (slots: readonly (readonly [key: number, leaf: Uint8Array])[]) =>
  createTrie().update(slots.map(([key, value]) => ({ key: keccak256(word(key)), value }))).root;
const rlpWord = (value: Uint8Array) => RLP.encode(value.slice(value.findIndex((byte) => byte !== 0)));

describe("createStateTrie", () => {
  it("has Ethereum's root of a genesis with one account", () => {
    // keccak256(address) -> rlp([nonce, balance, storage root, code hash]), put together by hand.
    const leaf = Uint8Array.of(0xf8, 68 + 1, 7, 0x82, 0x01, 0x00, 0xa0, ...emptyTrieRoot, 0xa0, ...emptyCodeHash);
    leaf[1] = leaf.length - 2;
    const expected = createTrie().update([{ key: keccak256(alice), value: leaf }]);
    const trie = createStateTrie().update([change(alice, { account: { nonce: 7n, balance: 256n, codeHash: emptyCodeHash } })]);
    expect(trie.root).toEqual(expected.root);
  });

  it.each([
    0n,
    1n,
    127n,
    128n,
    255n,
    256n,
    2n ** 32n - 1n,
    2n ** 32n,
    2n ** 53n + 1n,
    2n ** 64n - 1n,
    2n ** 64n,
    10n ** 27n,
    2n ** 256n - 1n,
  ])("keeps a balance of %s wei", (balance) => {
    const trie = createStateTrie().update([change(alice, { account: { nonce: balance % 2n ** 64n, balance, codeHash: emptyCodeHash } })]);
    const proof = trie.prove(alice, []);
    expect(proof.balance).toBe(balance);
    expect(() => verifyAccountProof(trie.root, proof)).not.toThrow();
  });

  it("reads accounts and slots", () => {
    const codeHash = keccak256(Uint8Array.of(1)) as Hash;
    const trie = createStateTrie().update([
      change(alice, { account: { nonce: 3n, balance: 5n, codeHash }, slots: [{ key: word(1), value: word(0x1234) }] }),
    ]);
    const expected = slotsRoot([[1, rlpWord(Uint8Array.of(0x12, 0x34))]]);
    expect(trie.getAccount(alice)).toEqual({ nonce: 3n, balance: 5n, codeHash, storageHash: expected });
    expect(trie.getSlot(alice, word(1))).toEqual(Uint8Array.of(0x12, 0x34));
    expect([trie.getSlot(alice, word(2)), trie.getSlot(bob, word(1)), trie.getAccount(bob)]).toEqual([undefined, undefined, undefined]);
  });

  it("keeps old versions: a preview leaves nothing behind", () => {
    const slots = Array.from({ length: 50 }, (_, index) => ({ key: word(index), value: word(index + 1) }));
    const first = createStateTrie().update([change(alice, { slots }), change(bob)]);
    const before = { root: first.root.slice(), proof: first.prove(alice, [word(3), word(99)]) };
    const cleared = slots.map(({ key }) => ({ key, value: undefined }));
    const second = first.update([
      change(alice, { account: { ...wallet, balance: 9n }, slots: cleared }),
      change(bob, { account: undefined }),
    ]);
    expect(second.root).not.toEqual(first.root);
    expect(storageHash(second)).toEqual(emptyTrieRoot);
    expect({ root: first.root, proof: first.prove(alice, [word(3), word(99)]) }).toEqual(before);
    expect(first.update([]).root).toEqual(first.root);
    expect(second.update([change(alice, { slots }), change(bob)]).root).toEqual(first.root);
  });

  it("gives the same root whatever the order of accounts and slots, in one block or many", () => {
    const changes = Array.from({ length: 300 }, (_, seed) =>
      change(keccak256(word(seed)).slice(12) as Address, {
        account: { ...wallet, nonce: BigInt(seed) },
        slots: Array.from({ length: seed % 4 }, (_, index) => ({ key: word(index * 1000 + seed), value: word(seed + 1) })),
      }),
    );
    const { root } = createStateTrie().update(changes);
    const reversed = changes.toReversed().map((entry) => ({ ...entry, slots: entry.slots.toReversed() }));
    expect(createStateTrie().update(reversed).root).toEqual(root);
    let trie = createStateTrie();
    for (const entry of changes) trie = trie.update([entry]);
    expect(trie.root).toEqual(root);
  });

  it("removes an account with its storage", () => {
    const one = createStateTrie().update([change(bob)]);
    const two = one.update([change(alice, { slots: [{ key: word(1), value: word(1) }] })]);
    const gone = two.update([change(alice, { account: undefined })]);
    expect(gone.root).toEqual(one.root);
    expect(storageHash(gone.update([change(alice)]))).toEqual(emptyTrieRoot);
    expect(one.update([change(alice, { account: undefined })]).root).toEqual(one.root);
  });

  it("clears the old storage before new slots apply", () => {
    const old = createStateTrie().update([
      change(alice, {
        slots: [
          { key: word(1), value: word(1) },
          { key: word(2), value: word(2) },
        ],
      }),
    ]);
    const next = old.update([change(alice, { storageCleared: true, slots: [{ key: word(2), value: word(3) }] })]);
    expect(storageHash(next)).toEqual(slotsRoot([[2, Uint8Array.of(3)]]));
  });

  it("takes zero in every spelling as no slot", () => {
    const base = createStateTrie().update([change(alice, { slots: [{ key: word(1), value: word(1) }] })]);
    for (const value of [undefined, new Uint8Array(0), new Uint8Array(32), hexToBytes("0x00")]) {
      expect(storageHash(base.update([change(alice, { slots: [{ key: word(1), value }] })]))).toEqual(emptyTrieRoot);
    }
  });
});

describe("account data in the state trie (rule 15)", () => {
  const page = (fill: number, length = accountDataPageSize) => new Uint8Array(length).fill(fill);
  const dataRoot = (chunks: readonly Uint8Array[], length: number) =>
    slotsRoot([...chunks.map((chunk, index) => [index, rlpWord(keccak256(chunk))] as const), [chunks.length, RLP.encode(length)]]);

  it("is a slot per chunk, and the length behind them", () => {
    const trie = svm(5000, [
      { index: 0, bytes: page(1) },
      { index: 1, bytes: page(2, 904) },
    ]);
    expect(storageHash(trie)).toEqual(dataRoot([page(1), page(2, 904)], 5000));
    expect(trie.getSlot(alice, word(2))).toEqual(Uint8Array.of(0x13, 0x88));
    expect(storageHash(svm(100, [{ index: 0, bytes: page(3, 100) }]))).toEqual(dataRoot([page(3, 100)], 100));
  });

  it("has an empty storage root without data", () => {
    expect(storageHash(svm(0, []))).toEqual(emptyTrieRoot);
  });

  it("reads what a page lacks as zeros, and cuts what is too long", () => {
    const expected = dataRoot([page(0), page(0, 4)], 4100);
    expect(storageHash(svm(4100, []))).toEqual(expected);
    expect(storageHash(svm(4100, [{ index: 1, bytes: undefined }]))).toEqual(expected);
    expect(storageHash(svm(4100, [{ index: 1, bytes: page(0) }]))).toEqual(expected);
    expect(storageHash(svm(4100, [{ index: 0, bytes: Uint8Array.of(0) }]))).toEqual(expected);
    expect(storageHash(svm(4100, [{ index: 2, bytes: page(1) }]))).toEqual(expected);
  });

  it("hashes only the pages that changed and gives the root of the whole", () => {
    const pages = Array.from({ length: 20 }, (_, index) => ({ index, bytes: page(index + 1) }));
    const whole = svm(20 * accountDataPageSize, pages);
    const changed = createdOn(whole, 20 * accountDataPageSize, [{ index: 7, bytes: page(77) }]);
    const expected = pages.map(({ index, bytes }) => (index === 7 ? page(77) : bytes));
    expect(storageHash(changed)).toEqual(dataRoot(expected, 20 * accountDataPageSize));
  });

  it.each([0, 1, 4095, 4096, 4097, 8192, 12_288, 20_000])(
    "shrinks and grows between 10,000 bytes and %i like data made at that length",
    (length) => {
      const content = Uint8Array.from({ length: 20_000 }, (_, index) => (index * 7) % 251);
      const pagesOf = (size: number) =>
        Array.from({ length: Math.ceil(size / accountDataPageSize) }, (_, index) => ({
          index,
          bytes: content.slice(index * accountDataPageSize, Math.min(size, (index + 1) * accountDataPageSize)),
        }));
      const from = svm(10_000, pagesOf(10_000));
      const to = svm(length, pagesOf(length));
      // Only pages from the shorter one's last on may have changed.
      const first = Math.floor(Math.min(length, 10_000) / accountDataPageSize);
      expect(createdOn(from, length, pagesOf(length).slice(first)).root).toEqual(to.root);
      expect(createdOn(to, 10_000, pagesOf(10_000).slice(first)).root).toEqual(from.root);
    },
  );

  it("refuses a new length without the page that it cuts", () => {
    expect(() => createdOn(svm(5000, []), 6000, [])).toThrow(/expected page 1 of the account data/);
    expect(() => createdOn(svm(9000, []), 5000, [])).toThrow(/expected page 1 of the account data/);
    expect(() => createdOn(svm(8192, []), 9000, [])).not.toThrow();
  });

  it("keeps the data when only the account changed, and drops it when the storage is cleared", () => {
    const trie = svm(5000, []);
    const paid = trie.update([change(alice, { account: { ...wallet, balance: 2n } })]);
    expect(storageHash(paid)).toEqual(storageHash(trie));
    expect(createdOn(paid, 5000, [{ index: 0, bytes: page(1) }]).root).toEqual(
      svm(5000, [{ index: 0, bytes: page(1) }], { account: { ...wallet, balance: 1n } }).root,
    );
    expect(storageHash(trie.update([change(alice, { storageCleared: true })]))).toEqual(emptyTrieRoot);
    expect(storageHash(createdOn(trie, 100, [], { storageCleared: true }))).toEqual(dataRoot([page(0, 100)], 100));
  });
});
