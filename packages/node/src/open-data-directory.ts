/** The data directory of a node: a durable database, or memory where there is none. */
import type { TriremeError } from "@trireme/core";
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
