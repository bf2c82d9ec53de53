/** The state store in LMDB: flat state and indexes as of the last flush. One writer; a flush is one transaction. */
import { closeSync, existsSync, openSync, readSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { isTriremeError, TriremeError } from "@trireme/core";
import type { Database as LmdbTable, open as openLmdb, RootDatabase, RootDatabaseOptionsWithPath } from "lmdb";
import {
  decodePosition,
  encodePosition,
  openValue,
  positionKey,
  prefixEnd,
  sealValue,
  stateDamaged,
  type FlushedPosition,
} from "./state-layout.ts";
import type { StateStore, StateStoreReader } from "./state-store.ts";

/** A reader that sees one snapshot until it is told to look again. */
export interface SharedStateStore extends StateStoreReader {
  refresh(): void;
  close(): Promise<void>;
}

type Table = LmdbTable<Uint8Array, Uint8Array>;

interface Tables {
  readonly root: RootDatabase<Uint8Array, Uint8Array>;
  readonly state: Table;
  readonly index: Table;
}

/** Of a meta page (a page header of 24 bytes, then `MDB_meta` of lmdb's mdb.c, little-endian on every platform that lmdb is built for). */
const magicOffset = 24;
const versionOffset = 28;
const pageSizeOffset = 48;
const lastPageOffset = 144;
const metaLength = 160;
const lmdbMagic = 0xbeefc0de;
const lmdbVersion = 2;
const largestPageSize = 1 << 16;
/** A last page beyond this many bytes is a damaged number. */
const largestFile = 2n ** 44n;

/** MDB_PAGE_NOTFOUND, _CORRUPTED, _PANIC, _VERSION_MISMATCH, _INVALID, _CURSOR_FULL (a tree too deep) and _INCOMPATIBLE of lmdb.h. */
const damageCodes: readonly number[] = [-30_797, -30_796, -30_795, -30_794, -30_793, -30_787, -30_784];

/** The folder of the LMDB part in a data directory. */
export function stateDirectory(directory: string): string {
  return join(directory, "state");
}

/** The function of lmdb that opens a database. */
export type OpenLmdb = typeof openLmdb;

/**
 * Loads the native module, which is an optional dependency: it, or the binary for this platform, may not be installed.
 * @throws TriremeError `NOT_SUPPORTED`
 */
export async function loadLmdb(): Promise<OpenLmdb> {
  try {
    const { open } = await import("lmdb");
    return open;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new TriremeError("NOT_SUPPORTED", `expected the npm package lmdb with its native module, which cannot be loaded: ${reason}`, {
      cause,
    });
  }
}

/** Opens for writing, creating it where there is none. @throws TriremeError `DATABASE_CORRUPT` */
export function openLmdbStateStore(directory: string, open: OpenLmdb): StateStore {
  const path = stateDirectory(directory);
  // The commit waits for its fsync (on LMDB's own thread): nothing is called flushed that a power cut could take back.
  // Each flush is a batch of its own: one for every turn of the event loop beside it would have a promise that nobody is given,
  // which is an unhandled rejection when the commit fails.
  const { root, state, index } = openTables(path, open, { overlappingSync: false, eventTurnBatching: false });
  root.readerCheck();
  const reader = createReader(path, state, index, undefined);
  return {
    ...reader,
    kind: "lmdb",
    get position() {
      return readPosition(path, reader);
    },
    async flush(changes, position) {
      // One transaction: what becomes of it is told by the batch's promise. Writes have promises of their own, most of them
      // one and the same; left alone, each would be an unhandled rejection when the commit fails.
      let last: Promise<unknown> | undefined;
      const leaveToBatch = (write: Promise<unknown>): void => {
        if (write === last) return;
        last = write;
        write.catch(() => undefined);
      };
      const written = root.batch(() => {
        for (const [table, entries] of [
          [state, changes.state],
          [index, changes.index],
        ] as const) {
          for (const { key, value } of entries) {
            leaveToBatch(value === undefined ? table.remove(key) : table.put(key, sealValue(key, value)));
          }
        }
        leaveToBatch(index.put(positionKey, sealValue(positionKey, encodePosition(position))));
      });
      try {
        await written;
      } catch (error) {
        throw await commitError(error);
      }
      // The next read is to see this transaction even in the event turn in which it ended.
      root.resetReadTxn();
    },
    close: () => root.close(),
  };
}

/**
 * Opens for reading beside the process or thread that writes.
 * @throws TriremeError `DATABASE_CORRUPT` | `NOT_SUPPORTED`
 */
export async function openSharedStateStore(directory: string): Promise<SharedStateStore> {
  const path = stateDirectory(directory);
  const open = await loadLmdb();
  if (!existsSync(join(path, "data.mdb"))) throw stateDamaged(path, "there is no data.mdb");
  const { root, state, index } = openTables(path, open, { readOnly: true });
  const snapshot = { current: root.useReadTransaction() };
  const reader = createReader(path, state, index, snapshot);
  return {
    ...reader,
    get position() {
      return readPosition(path, reader);
    },
    refresh() {
      snapshot.current.done();
      root.resetReadTxn();
      snapshot.current = root.useReadTransaction();
    },
    async close() {
      snapshot.current.done();
      await root.close();
    },
  };
}

function openTables(path: string, open: OpenLmdb, options: RootDatabaseOptionsWithPath): Tables {
  assertLmdbFile(path, options.readOnly !== true);
  const binary = { encoding: "binary", keyEncoding: "binary", cache: false } as const;
  try {
    const root = open<Uint8Array, Uint8Array>({ path, maxDbs: 2, maxReaders: 512, ...binary, ...options });
    return {
      root,
      state: root.openDB<Uint8Array, Uint8Array>({ name: "state", ...binary }),
      index: root.openDB<Uint8Array, Uint8Array>({ name: "index", ...binary }),
    };
  } catch (cause) {
    throw lmdbFailure(path, cause);
  }
}

/**
 * LMDB ends the process when it opens a file that is none, of another version, or cut short, so its two meta pages are
 * looked at first. (It has no checksums: a flipped bit in the header of another page may still end the process; values
 * have ours.)
 */
function assertLmdbFile(path: string, mayGrow: boolean): void {
  const file = join(path, "data.mdb");
  if (!existsSync(file) || statSync(file).size === 0) return;
  const start = readStart(file, 2 * largestPageSize);
  const pageSize = start.length < metaLength ? 0 : start.readUInt32LE(pageSizeOffset);
  const metas = [start, start.subarray(pageSize)].filter(
    (meta) => meta.length >= metaLength && meta.readUInt32LE(magicOffset) === lmdbMagic && meta.readUInt32LE(versionOffset) === lmdbVersion,
  );
  if (pageSize === 0 || metas.length < 2) throw stateDamaged(path, "data.mdb does not begin with LMDB's two meta pages");
  if (!mayGrow) return;
  for (const meta of metas) {
    const length = (meta.readBigUInt64LE(lastPageOffset) + 1n) * BigInt(pageSize);
    if (length > largestFile) throw stateDamaged(path, `data.mdb says that it has ${length} bytes`);
    // Pages that were never written may miss at the end. A page that was cut off is zeros now, which LMDB reports.
    if (statSync(file).size < length) truncateSync(file, Number(length));
  }
}

function readStart(file: string, length: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, 0));
  } finally {
    closeSync(descriptor);
  }
}

type Snapshot = { readonly current: ReturnType<Table["useReadTransaction"]> } | undefined;

function createReader(path: string, state: Table, index: Table, snapshot: Snapshot): Omit<StateStoreReader, "position"> {
  const get = (table: Table, key: Uint8Array): Uint8Array | undefined => {
    let sealed: Uint8Array | undefined;
    try {
      sealed = snapshot === undefined ? table.get(key) : table.get(key, { transaction: snapshot.current });
    } catch (error) {
      throw lmdbFailure(path, error);
    }
    return sealed === undefined ? undefined : openValue(path, key, sealed);
  };
  return {
    getState: (key) => get(state, key),
    getIndex: (key) => get(index, key),
    *stateEntries(prefix) {
      const end = prefixEnd(prefix);
      const range = {
        start: prefix,
        ...(end === undefined ? {} : { end }),
        ...(snapshot === undefined ? {} : { transaction: snapshot.current }),
      };
      try {
        for (const { key, value } of state.getRange(range)) yield [new Uint8Array(key), openValue(path, key, value)];
      } catch (error) {
        throw isTriremeError(error) ? error : lmdbFailure(path, error);
      }
    },
  };
}

/** Some of LMDB's codes mean a damaged file; others, and those of the operating system (no space, no permission), do not. */
function lmdbFailure(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? Number(cause.code) : 0;
  return damageCodes.includes(code) ? stateDamaged(path, cause instanceof Error ? cause.message : String(cause), cause) : cause;
}

function readPosition(path: string, reader: Pick<StateStoreReader, "getIndex">): FlushedPosition | undefined {
  const bytes = reader.getIndex(positionKey);
  if (bytes === undefined) return undefined;
  try {
    return decodePosition(bytes);
  } catch (cause) {
    throw stateDamaged(path, "its position in the log cannot be read", cause);
  }
}

/** What LMDB said: it rejects with a wrapper whose `commitError` is a promise that rejects with the cause. */
async function commitError(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !("commitError" in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}
