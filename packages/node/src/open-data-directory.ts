/** The data directory of a node: a durable database, or memory where there is none. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isTriremeError, TriremeError } from "@trireme/core";
import { createMemoryDatabase, openDurableDatabase, type Database } from "@trireme/state";

/** An open database and one line about what opening it repaired. */
export interface OpenedDatabase {
  readonly database: Database;
  readonly recovered: string | undefined;
}

/**
 * Opens `directory`, or memory for `undefined`. `onFailure` is called once, when a write has failed for good.
 * @throws TriremeError `DATABASE_LOCKED` | `DATABASE_FORMAT` | `DATABASE_CORRUPT`, one line each
 */
export async function openDataDirectory(
  directory: string | undefined,
  onFailure: (error: TriremeError) => void = () => undefined,
): Promise<OpenedDatabase> {
  if (directory === undefined) return { database: createMemoryDatabase(), recovered: undefined };
  const database = await openDurableDatabase({ directory, onFailure });
  const { appliedRecords, tornTail, takenOverFrom } = database.recovered;
  const parts = [
    ...(takenOverFrom === undefined ? [] : [`the lock of process ${takenOverFrom}, which is gone`]),
    ...(appliedRecords === 0 ? [] : [`${appliedRecords} blocks from the log`]),
    ...(tornTail === undefined ? [] : [`from an unfinished write, which was cut off`]),
  ];
  return { database, recovered: parts.length === 0 ? undefined : parts.join("; ") };
}

/** What a database keeps in its directory; nothing else is ever deleted. */
const OWN_ENTRY = /^(?:manifest|state|lock|blocks-\d+\.log)$/;

/**
 * Deletes the chain in `directory`, so that the next one begins at genesis; other files stay.
 * @throws TriremeError `DATABASE_LOCKED` when a process uses it, `INVALID_ARGUMENT` when something else than a chain is there
 */
export async function resetDataDirectory(directory: string): Promise<void> {
  const entries = existsSync(directory) ? readdirSync(directory) : [];
  if (entries.length === 0) return;
  if (!entries.includes("manifest")) {
    throw new TriremeError(
      "INVALID_ARGUMENT",
      `expected a data directory of Trireme at ${directory}, got one without a manifest: nothing was deleted`,
    );
  }
  try {
    await (await openDurableDatabase({ directory })).close();
  } catch (error) {
    // A damaged chain is a good reason to reset; one in use is not.
    if (isTriremeError(error) && error.code === "DATABASE_LOCKED") throw error;
  }
  for (const entry of entries) if (OWN_ENTRY.test(entry)) rmSync(join(directory, entry), { recursive: true, force: true });
}
