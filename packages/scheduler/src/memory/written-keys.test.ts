import { expect, it } from "vitest";
import { BlockMemory } from "./block-memory.ts";
import { MemorySpent } from "./block-progress.ts";
import { createBlockMemory } from "./create-block-memory.ts";

it("name each key once, also one whose first version found no room", () => {
  const handle = createBlockMemory({ transactions: 4, bytes: 70 * 1024 });
  const [full, roomy] = [new BlockMemory(handle), new BlockMemory(handle)];
  // What one worker has taken of the arena outlasts the arena.
  roomy.allocate(8);
  const key = roomy.findKey(Uint8Array.of(1, 2, 3));
  const fill = (): void => {
    for (;;) full.allocate(8);
  };
  expect(fill).toThrow(MemorySpent);
  expect(() => full.findVersion(key, 1)).toThrow(MemorySpent);
  roomy.setValue(roomy.findVersion(key, 2), 1);
  expect(roomy.lastWritten).toBe(key);
  expect(roomy.writtenBefore(key)).toBe(0);
});
