import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openDurableDatabase } from "./durable-database.ts";
import { createMemoryDatabase } from "./memory-database.ts";
import { bytes, countingBlock, faultsOf, textEntries } from "./sample-block.mts";
import type { StateStoreKind } from "./state-store.ts";

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("append" as const), width: fc.integer({ min: 0, max: 5 }), awaited: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("rewind" as const), back: fc.integer({ min: 0, max: 6 }), awaited: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("reopen" as const), stateStore: fc.constantFrom("lmdb" as const, "memory" as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("flush" as const) }) },
);

test("any history gives what the memory database gives, through flushes and reopenings with either state store", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), async (steps, flushEveryBlocks) => {
      const directory = mkdtempSync(join(tmpdir(), "trireme-history-"));
      const open = (stateStore: StateStoreKind) =>
        openDurableDatabase({ directory, stateStore, flushEveryBlocks, segmentBytes: 2_000, cachedBlocks: 2 });
      const model = createMemoryDatabase();
      let database = await open(steps.length % 2 === 0 ? "lmdb" : "memory");
      const waiting: Promise<void>[] = [];
      try {
        for (const [index, step] of steps.entries()) {
          if (step.kind === "append") {
            const block = countingBlock(model, String(index), step.width);
            waiting.push(database.append(block), model.append(block));
          } else if (step.kind === "rewind" && model.head !== undefined) {
            const target = model.head - BigInt(step.back);
            const number = target < 0n ? 0n : target;
            waiting.push(database.rewind(number), model.rewind(number));
          } else if (step.kind === "reopen") {
            await database.close();
            database = await open(step.stateStore);
            expect(database.stateStore).toBe(step.stateStore);
          } else if (step.kind === "flush") {
            await database.flush();
          }
          if ("awaited" in step && step.awaited) await Promise.all(waiting.splice(0));
          expect(database.head).toBe(model.head);
          expect(textEntries(database)).toEqual(textEntries(model));
          expect(database.get(bytes("counter/3"))).toEqual(model.get(bytes("counter/3")));
        }
        await Promise.all(waiting);
        expect(database.durableHead).toBe(model.head);
        expect(faultsOf(database)).toEqual([]);
      } finally {
        await database.close();
        rmSync(directory, { recursive: true });
      }
    }),
    { numRuns: 40 },
  );
});
