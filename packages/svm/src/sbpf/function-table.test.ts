import { expect, test } from "vitest";
import { createFunctionRegistry } from "./function-table.ts";
import { entrypointKey, functionKey } from "./murmur3.ts";

test("a table is a map of what was registered", () => {
  const { table, ...registry } = createFunctionRegistry(100, new Set());
  const expected = new Map<number, number>();
  for (const pc of [7, 0, 99, 100, 7]) expected.set(registry.register(pc), pc);
  expected.set(registry.registerEntrypoint(3), 3);
  expect(new Map(table)).toEqual(expected);
  expect([table.size, [...table.keys()].length, [...table.values()]]).toEqual([5, 5, [0, 7, 99, 100, 3]]);
  expect([table.get(functionKey(8)), table.has(functionKey(7)), table.get(0), table.get(0xffff_ffff)]).toEqual([
    undefined,
    true,
    undefined,
    undefined,
  ]);
  const seen: number[] = [];
  table.forEach((pc) => seen.push(pc));
  expect(seen).toEqual([...table.values()]);
  registry.forgetEntrypoint();
  expect([table.size, table.has(entrypointKey)]).toEqual([4, false]);
});
