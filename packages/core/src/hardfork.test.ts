import { expect, test } from "vitest";
import { hardforks, isAtLeast, isHardfork } from "./hardfork.ts";

test("hardforks are in their order, London first", () => {
  expect(hardforks).toEqual(["london", "paris", "shanghai", "cancun", "prague", "osaka"]);
  const table = hardforks.map((fork) => hardforks.filter((required) => isAtLeast(fork, required)));
  expect(table).toEqual(hardforks.map((_, index) => hardforks.slice(0, index + 1)));
});

test("only their exact names are hardforks", () => {
  expect(hardforks.every(isHardfork)).toBe(true);
  expect(["London", "berlin", "", "toString", "__proto__"].some(isHardfork)).toBe(false);
});
