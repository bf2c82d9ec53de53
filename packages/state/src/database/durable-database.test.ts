import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseSuite } from "./database-suite.mts";
import { openDurableDatabase, type DurableDatabaseOptions } from "./durable-database.ts";

const variants: Readonly<Record<string, Omit<DurableDatabaseOptions, "directory">>> = {
  durable: {},
  "durable, a flush after every block": { flushEveryBlocks: 1, cachedBlocks: 1 },
  "durable, segments of one block": { flushEveryBlocks: 3, segmentBytes: 64, cachedBlocks: 2 },
  "durable, state in memory": { stateStore: "memory" },
  "durable, state in memory, a flush after every block": { stateStore: "memory", flushEveryBlocks: 1, cachedBlocks: 1 },
  "durable, state in memory, segments of one block": { stateStore: "memory", flushEveryBlocks: 3, segmentBytes: 64, cachedBlocks: 2 },
};

for (const [name, options] of Object.entries(variants)) {
  databaseSuite(name, true, () => {
    const directory = mkdtempSync(join(tmpdir(), "trireme-database-"));
    return {
      open: () => openDurableDatabase({ directory, ...options }),
      remove: () => rmSync(directory, { recursive: true }),
    };
  });
}
