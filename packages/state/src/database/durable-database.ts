/**
 * The database on disk: an append-only block log, whose group fdatasync is the durability point, and LMDB behind it.
 *
 * The log is the archive: segments are kept for ever, and blocks are read from it by offset. LMDB holds flat state and
 * indexes as of some record of the log; it is flushed every few blocks and could be built anew from the log, which is what
 * happens in memory, at every opening, where lmdb is not installed. A rewind is a record of the log too, so the log is
 * never rewritten.
 */
import { mkdirSync } from "node:fs";
import { isTriremeError, TriremeError } from "@trireme/core";
import type { Database, DatabaseIdentity } from "../database.ts";
import { assertCanRewind, assertFollows, closedError, type HeadBlock } from "./block-order.ts";
import { createDatabaseView, type DatabaseView } from "./database-view.ts";
import { lockDirectory } from "./directory-lock.ts";
import { checkManifest } from "./directory-manifest.ts";
import { encodeLogEntry, type LogEntry } from "./log-entry.ts";
import { realLogFiles, type LogFiles } from "./log-files.ts";
import { frameHeaderLength } from "./log-frame.ts";
import { createLogReader } from "./log-reader.ts";
import { recover, type RecoveryReport } from "./log-recovery.ts";
import { createLogWriter, type LogAppend, type LogWriter } from "./log-writer.ts";
import { stateDirectory } from "./lmdb-state-store.ts";
import { openStateStore } from "./open-state-store.ts";
import type { StateStore, StateStoreKind } from "./state-store.ts";

/** How a durable database is opened; only `directory` is needed. */
export interface DurableDatabaseOptions {
  /** Created where it is missing. One process at a time. */
  readonly directory: string;
  /** Stored in a new directory, checked in an old one. */
  readonly identity?: DatabaseIdentity;
  /** LMDB where the optional package lmdb can be loaded, otherwise memory, unless told. Any directory opens with either. */
  readonly stateStore?: StateStoreKind;
  /** Durable records after which the state store is flushed, 32 unless told. */
  readonly flushEveryBlocks?: number;
  /** Writes (state entries and index entries) after which it is flushed, 20,000 unless told. */
  readonly flushEveryWrites?: number;
  /** Length in bytes at which a log segment is full, 64 MiB unless told. */
  readonly segmentBytes?: number;
  /** Newest blocks that stay in memory, 128 unless told. */
  readonly cachedBlocks?: number;
  /** Newest flushed blocks whose checksums are verified when the database is opened, 128 unless told; older ones are when they are read. */
  readonly verifiedBlocks?: number;
  /** Called once, when a write has failed: nothing can be appended any more, and the node should stop (rule 27). */
  readonly onFailure?: (error: TriremeError) => void;
  /** The disk; for tests of one that fails. */
  readonly files?: LogFiles;
}

/** A database in a directory. It keeps the arrays that it is given, and those it returns are read-only. */
export interface DurableDatabase extends Database {
  readonly directory: string;
  readonly identity: DatabaseIdentity | undefined;
  /** What opening had to repair. */
  readonly recovered: RecoveryReport;
  /** What keeps the state. In memory it is built anew from the whole log at every opening. */
  readonly stateStore: StateStoreKind;
  /** Newest block whose state LMDB has, which is what other threads see; undefined without LMDB. */
  readonly flushedHead: bigint | undefined;
  /** Why nothing can be appended any more. Reads still work. */
  readonly failure: TriremeError | undefined;
  /** Resolves when everything that is durable by now is in the state store. */
  flush(): Promise<void>;
}

/** More writes than this many flushes' worth make `append` wait for the flush. */
const maxFlushesBehind = 8;
const maxSegmentBytes = 1 << 30;

/**
 * Opens, and recovers, the database in `options.directory`.
 * @throws TriremeError `DATABASE_LOCKED` | `DATABASE_FORMAT` | `GENESIS_MISMATCH` | `DATABASE_CORRUPT` |
 * `DATABASE_WRITE_FAILED` (the directory cannot be made or written) | `NOT_SUPPORTED` (`stateStore: "lmdb"` without lmdb)
 */
export async function openDurableDatabase(options: DurableDatabaseOptions): Promise<DurableDatabase> {
  const { directory, files = realLogFiles } = options;
  const closers: (() => void | Promise<void>)[] = [];
  const release = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    mkdirSync(directory, { recursive: true });
    const lock = lockDirectory(directory);
    closers.push(() => lock.release());
    const identity = checkManifest(directory, options.identity);
    const store = await openStateStore(directory, options.stateStore);
    closers.push(() => store.close());
    const log = createLogReader(directory);
    closers.push(() => log.close());
    const view = createDatabaseView({ directory, store, log, cachedBlocks: options.cachedBlocks ?? 128 });
    const { end, report } = await recover(directory, view, files, options.verifiedBlocks ?? 128);
    const writer = createLogWriter({ directory, files, end, segmentBytes: Math.min(options.segmentBytes ?? 1 << 26, maxSegmentBytes) });
    const recovered = { ...report, takenOverFrom: lock.takenOverFrom };
    return createDatabase({ ...options, identity }, view, writer, recovered, store, release);
  } catch (error) {
    await release();
    throw isTriremeError(error) ? error : openFailed(directory, error);
  }
}

type OpenedOptions = Omit<DurableDatabaseOptions, "identity"> & Pick<DurableDatabase, "identity">;

function createDatabase(
  options: OpenedOptions,
  view: DatabaseView,
  writer: LogWriter,
  recovered: RecoveryReport,
  store: Pick<StateStore, "kind" | "position">,
  release: () => Promise<void>,
): DurableDatabase {
  const { directory, identity, flushEveryBlocks = 32, flushEveryWrites = 20_000 } = options;
  let closing: Promise<void> | undefined;
  let flushing: Promise<void> | undefined;
  /** Resolves, never rejects, when all that was appended so far is durable or has failed. */
  let settled: Promise<void> = Promise.resolve();
  let failureTold = false;

  const assertOpen = (): void => {
    if (closing !== undefined) throw closedError();
  };
  const tellFailure = (): void => {
    if (writer.failure === undefined || failureTold) return;
    failureTold = true;
    options.onFailure?.(writer.failure);
  };

  const startFlush = async (): Promise<void> => {
    const { blocks } = view.durable;
    try {
      await view.flush();
    } catch (cause) {
      writer.fail(flushFailed(directory, blocks?.head, cause));
      tellFailure();
      throw writer.failure;
    } finally {
      flushing = undefined;
    }
  };
  const flush = async (): Promise<void> => {
    await flushing;
    if (view.unflushedRecords === 0n) return;
    if (writer.failure !== undefined) throw writer.failure;
    flushing ??= startFlush();
    await flushing;
  };
  const flushWhenDue = (): void => {
    if (closing !== undefined || flushing !== undefined || writer.failure !== undefined) return;
    if (view.unflushedRecords < BigInt(flushEveryBlocks) && view.pendingWrites < flushEveryWrites) return;
    flushing = startFlush();
    // A failure is kept by the writer: the next append says it.
    flushing.catch(() => {});
  };

  const commit = async ({ location, durable }: LogAppend, head: HeadBlock): Promise<void> => {
    const marked = durable.then(() => view.markDurable(location, head));
    settled = marked.catch(() => {});
    try {
      await marked;
    } catch (error) {
      tellFailure();
      throw error;
    }
    flushWhenDue();
    if (view.pendingWrites > maxFlushesBehind * flushEveryWrites) await flushing;
  };
  const write = (entry: LogEntry): LogAppend => writer.append(encodeLogEntry(entry, frameHeaderLength));

  return {
    directory,
    identity,
    recovered,
    stateStore: store.kind,
    get flushedHead() {
      assertOpen();
      return store.kind === "lmdb" ? store.position?.blocks?.head : undefined;
    },
    get failure() {
      return writer.failure;
    },
    get head() {
      return view.head?.number;
    },
    get durableHead() {
      return view.durable.blocks?.head;
    },
    get(key) {
      assertOpen();
      return view.get(key);
    },
    entries(prefix) {
      assertOpen();
      return view.entries(prefix);
    },
    async append(record) {
      assertOpen();
      if (writer.failure !== undefined) throw writer.failure;
      assertFollows(record, view.head);
      const appended = write({ kind: "block", block: record });
      view.addBlock(appended.location, record);
      await commit(appended, record);
    },
    getBlock(number) {
      assertOpen();
      return view.getBlock(number);
    },
    getBlockNumber(hash) {
      assertOpen();
      return view.getBlockNumber(hash);
    },
    getTransactionLocation(hash) {
      assertOpen();
      return view.getTransactionLocation(hash);
    },
    async rewind(number) {
      assertOpen();
      if (writer.failure !== undefined) throw writer.failure;
      assertCanRewind(number, view.first, view.head?.number);
      const undone = view.blocksAbove(number);
      const target = view.getBlock(number);
      if (undone.length === 0 || target === undefined) {
        await settled;
        if (writer.failure !== undefined) throw writer.failure;
        return;
      }
      const appended = write({ kind: "rewind", number });
      view.dropBlocks(appended.location.sequence, number, undone);
      await commit(appended, target);
    },
    async flush() {
      assertOpen();
      await settled;
      await flush();
    },
    close() {
      closing ??= (async () => {
        try {
          await settled;
          await writer.close();
          // After a failure what is durable stays in the log: opening applies it.
          if (writer.failure === undefined) await flush();
          else await flushing?.catch(() => {});
        } finally {
          await release();
        }
      })();
      return closing;
    },
  };
}

function openFailed(directory: string, cause: unknown): TriremeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TriremeError("DATABASE_WRITE_FAILED", `could not open the database in ${directory}: ${reason}`, {
    cause,
    details: { file: directory },
  });
}

function flushFailed(directory: string, head: bigint | undefined, cause: unknown): TriremeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TriremeError(
    "DATABASE_WRITE_FAILED",
    `could not flush the state of block ${head} to ${stateDirectory(directory)}: ${reason}; if that happens again with room on the disk, remove that folder and open again, it is then built anew from the block log`,
    {
      cause,
      details: { file: stateDirectory(directory), block: head },
    },
  );
}
