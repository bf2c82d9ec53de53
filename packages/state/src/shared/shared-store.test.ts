import { Worker } from "node:worker_threads";
import { createMemoryDatabase } from "../database/memory-database.ts";
import { createJournal } from "../journal/journal.ts";
import { createWorldState } from "../world/world-state.ts";
import type { Address } from "@trireme/core";
import { expect, test } from "vitest";
import { createSharedReader } from "./shared-reader.ts";
import { createSharedArena, sizeClass } from "./shared-arena.ts";
import { createSharedMemory } from "./shared-layout.ts";
import { createSharedStore } from "./shared-store.ts";

const keyOf = (number: number): Uint8Array => {
  const key = new Uint8Array(21).fill(1);
  new DataView(key.buffer).setUint32(4, number);
  return key;
};

test("growth: a hundred thousand keys stay readable while index and memory grow under an open reader", () => {
  const store = createSharedStore();
  const reader = createSharedReader(store.handle.memory);
  const before = store.handle.memory.buffer.byteLength;
  for (let from = 0; from < 100_000; from += 10_000) {
    const entries = Array.from({ length: 10_000 }, (_, at) => ({ key: keyOf(from + at), value: keyOf((from + at) * 3) }));
    store.apply({ entries });
    expect(reader.get(keyOf(from + 77))).toEqual(keyOf((from + 77) * 3));
  }
  for (let number = 0; number < 100_000; number += 997) expect(reader.get(keyOf(number))).toEqual(keyOf(number * 3));
  expect(reader.get(keyOf(100_000))).toBeUndefined();
  expect(store.size).toBe(100_000);
  expect(store.handle.memory.buffer.byteLength).toBeGreaterThan(before);
});

test("memory is flat: replacing, removing and adding again reuse what they freed", () => {
  const store = createSharedStore();
  const round = (number: number): void => {
    const entries = Array.from({ length: 500 }, (_, at) => ({ key: keyOf(at), value: new Uint8Array((at * 7 + number * 13) % 300) }));
    store.apply({ entries });
    // Keys that come and go leave removed places behind, which rebuilding the index clears.
    store.apply({ entries: Array.from({ length: 300 }, (_, at) => ({ key: keyOf(1000 + number * 300 + at), value: keyOf(at) })) });
    store.apply({ entries: Array.from({ length: 300 }, (_, at) => ({ key: keyOf(1000 + number * 300 + at), value: undefined })) });
  };
  // The lengths of the values come again after 300 rounds: before that a new one may need memory.
  for (let number = 0; number < 300; number++) round(number);
  const settled = store.handle.memory.buffer.byteLength;
  for (let number = 300; number < 1_200; number++) round(number);
  expect(store.handle.memory.buffer.byteLength).toBe(settled);
  expect(store.size).toBe(500);
});

test("the arena gives blocks of one class again only after a release, aligned ones with their alignment", () => {
  const arena = createSharedArena(createSharedMemory(1, 4), 1024);
  const first = arena.allocate(100);
  arena.free(first, 100);
  expect(arena.allocate(100)).not.toBe(first);
  expect(arena.release()).toBe(true);
  expect(arena.release()).toBe(false);
  expect(arena.allocate(99)).toBe(first);
  expect(arena.allocate(4096, 1024) % 1024).toBe(0);
  expect(() => arena.allocate(5 * 65_536)).toThrow(/shared memory/);
  for (let size = 1; size < 10_000; size++) {
    expect(sizeClass(size)).toBeGreaterThanOrEqual(size);
    expect(sizeClass(size) % 16).toBe(0);
    expect(sizeClass(sizeClass(size))).toBe(sizeClass(size));
  }
});

test("a memory that is no shared state is refused", () => {
  expect(() => createSharedReader(createSharedMemory(1, 1))).toThrow(/expected the memory of a shared state/);
});

test("a worker reads whole values of the head while blocks are applied, and every key of one version between equal sequences", async () => {
  const world = createWorldState({ database: createMemoryDatabase() });
  const journal = createJournal(world.reader);
  const accounts = Array.from({ length: 40 }, (_, at) => new Uint8Array(20).fill(at + 1) as Address);
  const applyBlock = (number: number): void => {
    // All accounts always hold the same balance; its length and the number of other accounts vary.
    const wei = BigInt(number + 1) ** BigInt(1 + (number % 12));
    for (const address of accounts) journal.setBalance(address, wei);
    journal.setBalance(new Uint8Array(20).fill(number % 256, 10) as Address, BigInt(number % 3));
    const { diff, undo } = journal.takeDiff();
    world.apply(BigInt(number), diff, undo);
  };
  applyBlock(0);
  const result = new Int32Array(new SharedArrayBuffer(24));
  const script = JSON.stringify(new URL("./shared-reader-thread.mts", import.meta.url).href);
  const worker = new Worker(`import("tsx/esm/api").then(({ register }) => (register(), import(${script})))`, {
    eval: true,
    execArgv: ["--conditions=source"],
    workerData: { handle: world.share(), accounts, result },
  });
  const failed = new Promise<never>((_, reject) => worker.once("error", reject));
  await Promise.race([new Promise((resolve) => worker.once("message", resolve)), failed]);
  let number = 1;
  while (Atomics.load(result, 0) === 0) applyBlock(number++);
  await Promise.race([new Promise((resolve) => worker.once("exit", resolve)), failed]);
  const [done, torn, mixed, stable, moved] = result;
  expect({ done, torn, mixed }).toEqual({ done: 1, torn: 0, mixed: 0 });
  expect(stable).toBeGreaterThan(0);
  expect(moved).toBeGreaterThan(1);
});
