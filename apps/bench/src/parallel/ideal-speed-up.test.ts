import { expect, it } from "vitest";
import { idealSpeedUp, type CostedTransaction } from "./ideal-speed-up.ts";

const independent = (count: number): readonly CostedTransaction[] => Array.from({ length: count }, () => ({ cost: 3, after: [] }));

it("is the number of workers where nothing depends on anything", () => {
  expect(idealSpeedUp(independent(120), 1)).toBe(1);
  expect(idealSpeedUp(independent(120), 4)).toBe(4);
  expect(idealSpeedUp(independent(3), 8)).toBe(3);
});

it("is 1 for a chain", () => {
  const chain = Array.from({ length: 50 }, (_, index) => ({ cost: 1 + index, after: index === 0 ? [] : [index - 1] }));
  expect(idealSpeedUp(chain, 4)).toBeCloseTo(1);
});

it("starts the longest chain first", () => {
  // Two short ones come first in the block: taken in that order, the chain of three would end at 4.
  const block = [
    { cost: 1, after: [] },
    { cost: 1, after: [] },
    { cost: 1, after: [] },
    { cost: 1, after: [2] },
    { cost: 1, after: [3] },
  ];
  expect(idealSpeedUp(block, 2)).toBeCloseTo(5 / 3);
});

it("waits for all that a transaction depends on", () => {
  const block = [
    { cost: 4, after: [] },
    { cost: 1, after: [] },
    { cost: 5, after: [0, 1] },
  ];
  expect(idealSpeedUp(block, 2)).toBeCloseTo(10 / 9);
});
