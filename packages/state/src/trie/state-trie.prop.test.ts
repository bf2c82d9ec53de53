import { accountDataPageSize, bigintToBytes, bytesToHex, emptyCodeHash, keccak256, type Address, type Hash } from "@trireme/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createStateTrie, type StateTrie } from "./state-trie.ts";
import type { TrieAccount, TrieAccountChange } from "./trie-changes.ts";
import { verifyAccountProof } from "./verify-account-proof.ts";

/** What an account is, written down plainly. */
interface Model {
  readonly account: TrieAccount;
  readonly slots: ReadonlyMap<number, number>;
  readonly data: Uint8Array | undefined;
}
type State = ReadonlyMap<number, Model>;

const word = (value: number) => bigintToBytes(BigInt(value), 32);
const addressOf = (seed: number) => keccak256(Uint8Array.of(seed)).slice(12) as Address;
const pagesOf = (data: Uint8Array, first = 0) =>
  Array.from({ length: Math.ceil(data.length / accountDataPageSize) }, (_, index) => ({
    index,
    bytes: data.slice(index * accountDataPageSize, (index + 1) * accountDataPageSize),
  })).slice(first);

/** The state in one update of an empty trie. */
function fromScratch(state: State): StateTrie {
  return createStateTrie().update(
    [...state].map(([seed, { account, slots, data }]) => ({
      address: addressOf(seed),
      account,
      storageCleared: false,
      slots: [...slots].map(([key, value]) => ({ key: word(key), value: word(value) })),
      data: data === undefined ? undefined : { length: data.length, pages: pagesOf(data) },
    })),
  );
}

const account = fc.record({
  nonce: fc.bigInt({ min: 0n, max: 300n }),
  balance: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  codeHash: fc.constantFrom(emptyCodeHash, keccak256(Uint8Array.of(1)) as Hash),
});
const action = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("slots" as const),
      account,
      cleared: fc.boolean(),
      slots: fc.dictionary(fc.nat({ max: 12 }).map(String), fc.nat({ max: 300 }), { maxKeys: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("data" as const),
      account,
      length: fc.oneof(fc.nat({ max: 14_000 }), fc.constantFrom(0, 4096, 8192)),
      fill: fc.integer({ min: 1, max: 255 }),
    }),
  },
);
const block = fc.uniqueArray(fc.tuple(fc.nat({ max: 20 }), action), { selector: ([seed]) => seed, minLength: 1, maxLength: 6 });
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

/** The account after the action, and how a block would report it. */
function act(seed: number, old: Model | undefined, action: Action): { next: Model | undefined; change: TrieAccountChange } {
  const change = { address: addressOf(seed), account: undefined, storageCleared: false, slots: [], data: undefined };
  if (action.kind === "remove") return { next: undefined, change: { ...change, storageCleared: true } };
  const { account } = action;
  if (action.kind === "slots") {
    const storageCleared = action.cleared || old?.data !== undefined;
    const slots = new Map(storageCleared ? [] : old?.slots);
    for (const [key, value] of Object.entries(action.slots)) slots.set(Number(key), value);
    const reported = Object.entries(action.slots).map(([key, value]) => ({
      key: word(Number(key)),
      value: value === 0 ? undefined : word(value),
    }));
    for (const [key, value] of slots) if (value === 0) slots.delete(key);
    return { next: { account, slots, data: undefined }, change: { ...change, account, storageCleared, slots: reported } };
  }
  // The bytes that stay keep their value; from there on all is filled anew, and reported.
  const before = old?.data ?? new Uint8Array(0);
  const data = new Uint8Array(action.length).fill(action.fill);
  data.set(before.subarray(0, action.length));
  const pages = pagesOf(data, Math.floor(Math.min(before.length, action.length) / accountDataPageSize));
  const storageCleared = old !== undefined && old.data === undefined;
  return {
    next: { account, slots: new Map(), data },
    change: { ...change, account, storageCleared, data: { length: data.length, pages } },
  };
}

describe("createStateTrie", () => {
  it("has, after any blocks, the root of the same state made at once; every version keeps its own and proves it", () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), (blocks) => {
        const state = new Map<number, Model>();
        const versions: { trie: StateTrie; state: State }[] = [];
        let trie = createStateTrie();
        for (const actions of blocks) {
          const changes: TrieAccountChange[] = [];
          for (const [seed, action] of actions) {
            const { next, change } = act(seed, state.get(seed), action);
            changes.push(change);
            if (next === undefined) state.delete(seed);
            else state.set(seed, next);
          }
          trie = trie.update(changes);
          versions.push({ trie, state: new Map(state) });
        }
        for (const { trie, state } of versions) {
          expect(bytesToHex(trie.root)).toBe(bytesToHex(fromScratch(state).root));
          for (let seed = 0; seed <= 20; seed += 5) {
            const proof = trie.prove(addressOf(seed), [word(0), word(1)]);
            expect(proof.balance).toBe(state.get(seed)?.account.balance ?? 0n);
            verifyAccountProof(trie.root, proof);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
