// When a pool rests, and how much memory it gives a block.
import { expect, it } from "vitest";
import { createMemorySize } from "./memory-size.ts";
import { createPoolRest } from "./pool-rest.ts";

/** Blocks without the pool, after it has failed once more. */
function restAfterFailure(rest: ReturnType<typeof createPoolRest>): number {
  rest.failed();
  let blocks = 0;
  while (rest.isDue()) blocks++;
  return blocks;
}

it("rests after three failures in a row, longer after each, and not after one that was made good", () => {
  const rest = createPoolRest();
  expect(Array.from({ length: 11 }, () => restAfterFailure(rest))).toEqual([0, 0, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024]);
  rest.succeeded();
  expect([restAfterFailure(rest), restAfterFailure(rest)]).toEqual([0, 0]);
});

it("doubles the memory of blocks when one was spent, up to a limit, and halves it after 256 that held", () => {
  const size = createMemorySize();
  const first = size.bytesFor(100, 10_000);
  expect(first).toBe(4 * 2 ** 20 + 10_000 + 100 * 8192);
  size.spent();
  size.spent();
  expect(size.bytesFor(100, 10_000)).toBe(4 * first);
  for (let block = 0; block < 256; block++) size.held();
  expect(size.bytesFor(100, 10_000)).toBe(2 * first);
  for (let spent = 0; spent < 20; spent++) expect(size.spent()).toBe(true);
  expect(size.bytesFor(100, 10_000)).toBe(480 * 2 ** 20);
  expect(size.spent()).toBe(false);
  for (let block = 0; block < 7 * 256; block++) size.held();
  expect(size.bytesFor(100, 10_000)).toBe(first);
});

it("lets memory go that 256 blocks in a row needed less than a quarter of", () => {
  const size = createMemorySize();
  const small = size.bytesFor(1, 0);
  const keeps = (bytes: number, blocks: number): boolean[] => Array.from({ length: blocks }, () => size.keeps(bytes));
  expect(keeps(4 * small, 600).every(Boolean)).toBe(true);
  expect(keeps(5 * small, 255).every(Boolean)).toBe(true);
  // One that needed more begins the count anew.
  expect(keeps(small, 1)).toEqual([true]);
  expect(keeps(5 * small, 256)).toEqual([...Array.from({ length: 255 }, () => true), false]);
});
