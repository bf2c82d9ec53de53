import { describe, expect, it } from "vitest";
import { clearBook, type BookOrder } from "./reference-clearing.ts";

const buy = (lots: number, limit: number): BookOrder => ({ isBuy: true, lots, limit: BigInt(limit) });
const sell = (lots: number, limit: number): BookOrder => ({ isBuy: false, lots, limit: BigInt(limit) });

describe("the rule, in examples", () => {
  it.each([
    ["nothing without orders", [], 0n, []],
    ["nothing without a price that both take", [buy(5, 9), sell(5, 10)], 0n, [0, 0]],
    ["the middle of what both would take", [buy(5, 11), sell(5, 8)], 9n, [5, 5]],
    ["the price that trades most", [buy(5, 12), buy(5, 10), sell(8, 10), sell(4, 12)], 10n, [5, 3, 8, 0]],
    ["of those, the one that leaves the least over", [buy(10, 12), sell(10, 8), sell(5, 9)], 8n, [10, 10, 0]],
    ["better limits first on the long side", [buy(4, 10), buy(4, 11), sell(5, 10)], 10n, [1, 4, 5]],
    ["shares at the margin, the lot left over to the first", [buy(3, 10), buy(3, 10), buy(3, 10), sell(4, 10)], 10n, [2, 1, 1, 4]],
  ] as const)("gives %s", (_, book, price, fills) => {
    expect(clearBook(book)).toMatchObject({ price, fills });
  });
});
