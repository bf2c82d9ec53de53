/** The data directory of a node: a durable database, or memory where there is none. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isTriremeError, TriremeError } from "@trireme/core";
import { genesisRecord, type ChainDefinition } from "@trireme/chain";
import { createMemoryDatabase, openDurableDatabase, type Database } from "@trireme/state";

/** An open database and one line about what opening it repaired. */
export interface OpenedDatabase {
  readonly database: Database;
  readonly recovered: string | undefined;
}

/** How a data directory is opened. */
export interface OpenDataDirectoryOptions {
  /** The chain that it has to belong to; a new directory is made for it. */
  readonly chain: ChainDefinition;
  /** Called once, when a write has failed for good. */
  readonly onFailure?: (error: TriremeError) => void;
}

/**
 * Opens `directory`, or memory for `undefined`.
 * @throws TriremeError `DATABASE_LOCKED` | `DATABASE_FORMAT` | `DATABASE_CORRUPT` | `GENESIS_MISMATCH`, one line each
 */
export async function openDataDirectory(directory: string | undefined, options: OpenDataDirectoryOptions): Promise<OpenedDatabase> {
  if (directory === undefined) return { database: createMemoryDatabase(), recovered: undefined };
  const { chain, onFailure = () => undefined } = options;
  // Ethereum's genesis hash does not cover the chain id, by which the transactions in the directory are read.
  const identity = { chainId: chain.chainId, genesisHash: genesisRecord(chain).hash };
  const database = await openDurableDatabase({ directory, identity, onFailure });
  const { appliedRecords, tornTail, takenOverFrom } = database.recovered;
  const parts = [
    ...(takenOverFrom === undefined ? [] : [`the lock of process ${takenOverFrom}, which is gone`]),
    // Without LMDB the whole log is read at every start: that is how it works, not a repair.
    ...(appliedRecords === 0 || database.stateStore === "memory" ? [] : [`${appliedRecords} blocks from the log`]),
    ...(tornTail === undefined ? [] : [`from an unfinished write, which was cut off`]),
  ];
  return { database, recovered: parts.length === 0 ? undefined : parts.join("; ") };
}

/** Whether a chain is kept in `directory`. */
export function holdsChain(directory: string): boolean {
  return existsSync(join(directory, "manifest"));
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
  if (!holdsChain(directory)) {
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
