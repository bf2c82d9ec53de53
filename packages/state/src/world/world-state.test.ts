import { isTriremeError, zeroHash, type Address, type Hash } from "@trireme/core";
import { describe, expect, test } from "vitest";
import { createMemoryDatabase } from "../database/memory-database.ts";
import type { BlockRecord, Database } from "../database.ts";
import { createJournal } from "../journal/journal.ts";
import { emptyTrieRoot } from "../trie/root.ts";
import { createWorldState, type WorldState } from "./world-state.ts";

const alice = new Uint8Array(20).fill(1) as Address;
const bob = new Uint8Array(20).fill(2) as Address;

function hashOf(number: number): Hash {
  return new Uint8Array(32).fill(number + 1) as Hash;
}

/** Applies a block in which alice gets `wei`, and gives its record. */
function block(world: WorldState, number: number, wei: bigint, root?: Hash): BlockRecord {
  const journal = createJournal(world.reader);
  journal.setBalance(alice, wei);
  const { diff, undo } = journal.takeDiff();
  const stateRoot = world.apply(BigInt(number), diff, undo);
  return {
    number: BigInt(number),
    hash: hashOf(number),
    parentHash: number === 0 ? zeroHash : hashOf(number - 1),
    stateRoot: root ?? stateRoot,
    header: new Uint8Array(0),
    transactions: [],
    transactionHashes: [],
    receipts: [],
    diff,
    undo,
    extra: new Uint8Array(0),
  };
}

async function storedChain(length: number): Promise<Database> {
  const database = createMemoryDatabase();
  const world = createWorldState({ database });
  for (let number = 0; number < length; number++) await database.append(block(world, number, BigInt(number + 1)));
  return database;
}

function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    if (isTriremeError(error)) return error.code;
    throw error;
  }
  return undefined;
}

describe("a world state", () => {
  test("without blocks has the empty root and no state to read", () => {
    const world = createWorldState({ database: createMemoryDatabase() });
    expect(world.head).toBeUndefined();
    expect(world.root).toEqual(emptyTrieRoot);
    expect([...world.iterateAccounts()]).toEqual([]);
    expect(codeOf(() => world.at(0n))).toBe("STATE_UNAVAILABLE");
    expect(codeOf(() => world.prove(0n, alice, []))).toBe("STATE_UNAVAILABLE");
  });

  test("refuses a block that does not follow, and a history that is no number", () => {
    const world = createWorldState({ database: createMemoryDatabase() });
    block(world, 5, 1n);
    expect(codeOf(() => block(world, 7, 1n))).toBe("INVALID_ARGUMENT");
    expect(codeOf(() => block(world, 4, 1n))).toBe("INVALID_ARGUMENT");
    expect(codeOf(() => world.at(4n))).toBe("STATE_UNAVAILABLE");
    expect(codeOf(() => createWorldState({ database: createMemoryDatabase(), historyBlocks: -1 }))).toBe("INVALID_CONFIGURATION");
  });

  test("names both roots when the stored state does not have the head's", async () => {
    const database = await storedChain(2);
    const world = createWorldState({ database });
    const wrong = new Uint8Array(32).fill(0xab) as Hash;
    const good = Buffer.from(block(world, 2, 9n).stateRoot).toString("hex");
    const fresh = createWorldState({ database });
    await database.append(block(fresh, 2, 9n, wrong));
    expect(() => createWorldState({ database })).toThrow(`expected the state root 0x${"ab".repeat(32)}, got 0x${good}`);
    expect(codeOf(() => createWorldState({ database }))).toBe("ROOT_MISMATCH");
  });

  test("a block amended after it was applied is one block: before it is what was, at it what is", async () => {
    const database = await storedChain(3);
    const world = createWorldState({ database, historyBlocks: "all" });
    block(world, 2, 50n);
    block(world, 3, 60n);
    block(world, 3, 70n);
    const balanceAt = (number: bigint): bigint | undefined => world.at(number).getAccount(alice)?.balance;
    expect([0n, 1n, 2n, 3n].map(balanceAt)).toEqual([1n, 2n, 50n, 70n]);
    world.rewind(2n);
    expect([0n, 1n, 2n].map(balanceAt)).toEqual([1n, 2n, 50n]);
    world.rewind(1n);
    expect(world.reader.getAccount(alice)?.balance).toBe(2n);
    expect(world.root).toEqual(database.getBlock(1n)?.stateRoot);
  });

  test("a state that was taken at the head stays that of its block when the head moves, and ends when it is rewound away", () => {
    const world = createWorldState({ database: createMemoryDatabase() });
    block(world, 0, 1n);
    block(world, 1, 2n);
    const state = world.at(1n);
    expect(state.getAccount(alice)?.balance).toBe(2n);
    block(world, 2, 3n);
    expect(state.getAccount(alice)?.balance).toBe(2n);
    world.rewind(0n);
    expect(codeOf(() => state.getAccount(alice))).toBe("STATE_UNAVAILABLE");
  });

  test("opened again it keeps as many blocks of the stored history as it is told", async () => {
    const database = await storedChain(10);
    const world = createWorldState({ database, historyBlocks: 4 });
    expect(world.at(5n).getAccount(alice)?.balance).toBe(6n);
    expect(codeOf(() => world.at(4n))).toBe("STATE_UNAVAILABLE");
    expect(codeOf(() => world.at(10n))).toBe("STATE_UNAVAILABLE");
    const all = createWorldState({ database, historyBlocks: "all" });
    for (let number = 9; number >= 0; number--) expect(all.at(BigInt(number)).getAccount(alice)?.balance).toBe(BigInt(number + 1));
  });

  test("previewing changes nothing", () => {
    const world = createWorldState({ database: createMemoryDatabase() });
    block(world, 0, 1n);
    const before = world.root;
    const journal = createJournal(world.reader);
    journal.setBalance(bob, 5n);
    const { diff, undo } = journal.takeDiff();
    const previewed = world.preview(diff);
    expect(world.root).toEqual(before);
    expect(world.reader.getAccount(bob)).toBeUndefined();
    expect(previewed).not.toEqual(before);
    expect(world.apply(1n, diff, undo)).toEqual(previewed);
  });

  test("advanced it can be read at once, has the root of a block that was applied, and shows blocks before as they were", () => {
    const database = createMemoryDatabase();
    const [applied, advanced] = [createWorldState({ database }), createWorldState({ database })];
    const roots: Hash[] = [];
    for (let number = 0; number < 6; number++) {
      const journal = createJournal(applied.reader);
      journal.setBalance(alice, BigInt(number + 1));
      if (number === 2) journal.setBalance(bob, 5n);
      if (number === 3) journal.setBalance(bob, 0n);
      const { diff, undo } = journal.takeDiff();
      advanced.advance(BigInt(number), diff, undo);
      expect(advanced.reader.getAccount(alice)?.balance).toBe(BigInt(number + 1));
      roots.push(applied.apply(BigInt(number), diff, undo));
    }
    expect(advanced.root).toEqual(roots.at(-1));
    for (const [number, root] of roots.entries()) expect(advanced.at(BigInt(number)).root).toEqual(root);
    expect(new Map(advanced.iterateAccounts(2n))).toEqual(
      new Map([alice, bob].map((address) => [address, applied.at(2n).getAccount(address)])),
    );
    expect([...advanced.iterateAccounts()]).toEqual([...applied.iterateAccounts()]);
    advanced.rewind(4n);
    expect(advanced.root).toEqual(roots[4]);
  });
});
