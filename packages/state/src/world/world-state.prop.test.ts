import { emptyCodeHash, keccak256, svmDesignator, systemProgram, type Address, type Hash, type Pubkey } from "@trireme/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryDatabase } from "../database/memory-database.ts";
import type { BlockRecord, Database } from "../database.ts";
import { createJournal, type Journal } from "../journal/journal.ts";
import type { DiffAndUndo } from "../journal/make-diff.ts";
import { createStateTrie } from "../trie/state-trie.ts";
import type { TrieAccountChange } from "../trie/trie-changes.ts";
import { trieAccount } from "./group-changes.ts";
import { createWorldState, type HistoricalState, type WorldState } from "./world-state.ts";

const addresses = [1, 2, 3, 4, 5].map((last) => new Uint8Array(20).fill(last) as Address);
const words = [1, 2, 3, 4].map((last) => new Uint8Array(32).fill(last, 31));
const zero = new Uint8Array(32);
const pubkeys = addresses.map((address) => new Uint8Array(32).fill(address[0] as number) as Pubkey);

type Step =
  | { readonly kind: "balance"; readonly account: number; readonly wei: bigint }
  | { readonly kind: "slot"; readonly account: number; readonly key: number; readonly value: number }
  | { readonly kind: "code"; readonly account: number; readonly byte: number }
  | { readonly kind: "clear" | "destroy" | "close"; readonly account: number }
  | { readonly kind: "record"; readonly account: number; readonly length: number }
  | { readonly kind: "data"; readonly account: number; readonly offset: number; readonly byte: number };

const account = fc.nat(addresses.length - 1);
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("balance" as const), account, wei: fc.constantFrom(0n, 5n, 7_000_000_000n) }),
  fc.record({ kind: fc.constant("slot" as const), account, key: fc.nat(3), value: fc.nat(3) }),
  fc.record({ kind: fc.constant("slot" as const), account, key: fc.nat(3), value: fc.nat(3) }),
  fc.record({ kind: fc.constant("code" as const), account, byte: fc.nat(2) }),
  fc.record({ kind: fc.constantFrom("clear" as const, "destroy" as const, "close" as const), account }),
  fc.record({ kind: fc.constant("record" as const), account, length: fc.constantFrom(0, 1, 100, 4096, 5000, 9000) }),
  fc.record({ kind: fc.constant("data" as const), account, offset: fc.nat(9000), byte: fc.nat(2) }),
);
const blocksArbitrary = fc.array(fc.array(stepArbitrary, { maxLength: 12 }), { minLength: 1, maxLength: 8 });

function play(journal: Journal, step: Step): void {
  const address = addresses[step.account] as Address;
  const record = journal.getSvmRecord(address);
  switch (step.kind) {
    case "balance":
      return journal.setBalance(address, step.wei);
    case "slot":
      if (record !== undefined) return;
      journal.setNonce(address, 1n);
      return journal.setStorage(address, words[step.key] as Uint8Array, step.value === 0 ? zero : (words[step.value] as Uint8Array));
    case "code":
      return record === undefined ? journal.setCode(address, new Uint8Array(step.byte).fill(step.byte)) : undefined;
    case "clear":
      return journal.clearStorage(address);
    case "destroy":
      return journal.destroy(address);
    case "close":
      return journal.removeSvmRecord(address);
    case "record":
      if (journal.getCodeSize(address) > 0 && record === undefined) return;
      if (record === undefined) journal.clearStorage(address);
      journal.setBalance(address, 9_000_000_000n);
      return journal.setSvmRecord(address, {
        pubkey: pubkeys[step.account] as Pubkey,
        owner: systemProgram,
        executable: step.length === 100,
        dataLength: step.length,
      });
    case "data":
      if (record !== undefined && step.offset < record.dataLength) journal.writeAccountData(address, step.offset, Uint8Array.of(step.byte));
  }
}

/** Root of a trie that is made in one go from what the reader shows: the model of every root. */
function rootOf(state: Pick<WorldState["reader"], "getAccount" | "getSlot" | "getDataPage">): Hash {
  const changes: TrieAccountChange[] = [];
  for (const address of addresses) {
    const record = state.getAccount(address);
    if (record === undefined) continue;
    const slots = words.map((key) => ({ key, value: state.getSlot(address, record.storageGeneration, key) }));
    const pages = [0, 1, 2].map((index) => ({ index, bytes: state.getDataPage(address, index) }));
    changes.push({
      address,
      account: trieAccount(record),
      storageCleared: false,
      slots: record.svm === undefined ? slots : [],
      data: record.svm === undefined ? undefined : { length: record.svm.dataLength, pages },
    });
  }
  return createStateTrie().update(changes).root;
}

function snapshot(state: WorldState["reader"]): unknown {
  return addresses.map((address) => {
    const record = state.getAccount(address);
    return {
      record,
      generation: state.getNextGeneration(address),
      code: record === undefined ? undefined : state.getCode(record.codeHash),
      slots: words.map((key) => state.getSlot(address, record?.storageGeneration ?? state.getNextGeneration(address), key)),
      pages: [0, 1, 2].map((index) => state.getDataPage(address, index)),
    };
  });
}

function blockRecord(number: number, root: Hash, { diff, undo }: DiffAndUndo): BlockRecord {
  const hash = (at: number): Hash => new Uint8Array(32).fill(at + 1) as Hash;
  return {
    number: BigInt(number),
    hash: hash(number),
    parentHash: hash(number - 1),
    stateRoot: root,
    header: new Uint8Array(1),
    transactions: [],
    transactionHashes: [],
    receipts: [],
    diff,
    undo,
    extra: new Uint8Array(0),
  };
}

interface Played {
  readonly world: WorldState;
  readonly database: Database;
  readonly snapshots: readonly unknown[];
  readonly roots: readonly Hash[];
}

function playBlocks(blocks: readonly (readonly Step[])[], historyBlocks: number | "all"): Played {
  const database = createMemoryDatabase();
  const world = createWorldState({ database: createMemoryDatabase(), historyBlocks });
  const journal = createJournal(world.reader);
  const snapshots: unknown[] = [];
  const roots: Hash[] = [];
  blocks.forEach((steps, number) => {
    for (const [index, step] of steps.entries()) {
      if (index % 4 === 0) journal.beginTransaction();
      play(journal, step);
      if (index % 4 === 3) journal.endTransaction();
    }
    journal.endTransaction();
    const taken = journal.takeDiff();
    const previewed = number % 3 === 0 ? world.preview(taken.diff) : undefined;
    // Every second block's root is worked out when somebody asks, which for every third is when later blocks are there.
    if (number % 2 === 0) expect(world.apply(BigInt(number), taken.diff, taken.undo)).toEqual(rootOf(world.reader));
    else world.advance(BigInt(number), taken.diff, taken.undo);
    const root = rootOf(world.reader);
    if (previewed !== undefined) expect(previewed).toEqual(root);
    if (number % 3 !== 2) expect(world.root).toEqual(root);
    void database.append(blockRecord(number, root, taken));
    snapshots.push(snapshot(world.reader));
    roots.push(root);
  });
  return { world, database, snapshots, roots };
}

function expectState(state: HistoricalState, played: Played, number: number): void {
  expect(snapshot(state)).toEqual(played.snapshots[number]);
  expect(state.root).toEqual(played.roots[number]);
}

/** The proof starts at the recorded root and shows what the state of that block reads; the trie's own tests verify the nodes. */
function expectProof(world: WorldState, played: Played, number: number, address: Address): void {
  const proof = world.prove(BigInt(number), address, words);
  const state = world.at(BigInt(number));
  const record = state.getAccount(address);
  expect(keccak256(proof.accountProof[0] ?? Uint8Array.of(0x80))).toEqual(played.roots[number]);
  expect({ balance: proof.balance, codeHash: proof.codeHash }).toEqual({
    balance: record?.balance ?? 0n,
    codeHash: record?.svm === undefined ? (record?.codeHash ?? emptyCodeHash) : keccak256(svmDesignator(record.svm)),
  });
  if (record?.svm !== undefined) return;
  const slots = words.map((key) => state.getSlot(address, record?.storageGeneration ?? 0, key));
  const expected = record === undefined ? words.map(() => 0n) : slots.map((slot) => BigInt(slot?.at(-1) ?? 0));
  expect(proof.storageProof.map(({ value }) => value)).toEqual(expected);
}

describe("a world state", () => {
  test("has the root of a trie made from scratch after every block, and every block's state again", () => {
    fc.assert(
      fc.property(blocksArbitrary, (blocks) => {
        const played = playBlocks(blocks, "all");
        expect(played.world.head).toBe(BigInt(blocks.length - 1));
        for (const number of blocks.keys()) expectState(played.world.at(BigInt(number)), played, number);
      }),
    );
  });

  test("rewound to any block is what it was, and goes on from there", () => {
    fc.assert(
      fc.property(blocksArbitrary, fc.nat(), (blocks, pick) => {
        const played = playBlocks(blocks, "all");
        const target = pick % blocks.length;
        played.world.rewind(BigInt(target));
        expect(snapshot(played.world.reader)).toEqual(played.snapshots[target]);
        expect(played.world.root).toEqual(played.roots[target]);
        expect(() => played.world.at(BigInt(target + 1))).toThrow(/not available/);
        const journal = createJournal(played.world.reader);
        play(journal, { kind: "balance", account: 0, wei: 77n });
        const { diff, undo } = journal.takeDiff();
        const root = played.world.apply(BigInt(target + 1), diff, undo);
        expect(root).toEqual(rootOf(played.world.reader));
        expectState(played.world.at(BigInt(target)), played, target);
      }),
    );
  });

  test("opened again from its database has the root, and older states and proofs from the stored undo diffs", () => {
    fc.assert(
      fc.property(blocksArbitrary, fc.nat(), (blocks, pick) => {
        const played = playBlocks(blocks, 2);
        const reopened = createWorldState({ database: played.database, historyBlocks: "all" });
        expect(reopened.root).toEqual(played.roots.at(-1));
        expect([...reopened.iterateAccounts()]).toEqual([...played.world.iterateAccounts()]);
        const number = pick % blocks.length;
        expectState(reopened.at(BigInt(number)), played, number);
        for (const address of addresses) expectProof(reopened, played, number, address);
        reopened.rewind(BigInt(number));
        expect(snapshot(reopened.reader)).toEqual(played.snapshots[number]);
        expect(rootOf(reopened.reader)).toEqual(played.roots[number]);
      }),
    );
  });

  test("keeps as many blocks as it is told and says so beyond", () => {
    fc.assert(
      fc.property(blocksArbitrary, fc.nat(3), (blocks, kept) => {
        const played = playBlocks(blocks, kept);
        const head = blocks.length - 1;
        const oldest = Math.max(0, head - kept);
        for (let number = oldest; number <= head; number++) expectState(played.world.at(BigInt(number)), played, number);
        for (let number = 0; number < oldest; number++) expect(() => played.world.at(BigInt(number))).toThrow(/not available/);
      }),
    );
  });
});
