/** Bringing an opened data directory up to the end of its log: diffs are applied, nothing is executed (rule 27). */
import { closeSync, openSync, readSync } from "node:fs";
import { isTriremeError } from "@trireme/core";
import { assertCanRewind, assertFollows } from "./block-order.ts";
import type { DatabaseView } from "./database-view.ts";
import { segmentPath, type LogFiles } from "./log-files.ts";
import { decodeLogEntry } from "./log-entry.ts";
import { corrupt, scanLog, type LogEnd, type LogLocation, type TornTail } from "./log-scan.ts";

/** What opening found. */
export interface RecoveryReport {
  /** Records of the log that were not flushed, and are applied now. */
  readonly appliedRecords: number;
  /** What a crash had left unfinished, and was cut off. */
  readonly tornTail: TornTail | undefined;
  /** The state store was empty, as one in memory always is, and was built from the whole log. */
  readonly rebuilt: boolean;
  /** Pid of the dead process that had left its lock behind. */
  readonly takenOverFrom: number | undefined;
}

/** Most writes that wait in memory while a long log is applied. */
const maxPendingWrites = 200_000;

/**
 * Applies what is behind `view`'s flushed position, after checking the newest `verifiedBlocks` before it as well.
 * @throws TriremeError `DATABASE_CORRUPT` | `DATABASE_FORMAT`
 */
export async function recover(
  directory: string,
  view: DatabaseView,
  files: LogFiles,
  verifiedBlocks: number,
): Promise<{ readonly end: LogEnd; readonly report: Omit<RecoveryReport, "takenOverFrom"> }> {
  const flushed = view.durable;
  let appliedRecords = 0;
  const { end, torn } = await scanLog({
    directory,
    from: verifiedFrom(view, verifiedBlocks),
    cuttableFrom: flushed.nextSequence,
    onRecord(location, payload) {
      if (location.sequence < flushed.nextSequence) return;
      applyRecord(directory, view, location, payload);
      appliedRecords++;
    },
    async onSegmentEnd() {
      if (view.pendingWrites > maxPendingWrites) await view.flush();
    },
  });
  if (appliedRecords > 0) await writeAgain(directory, end, files);
  return { end, report: { appliedRecords, tornTail: torn, rebuilt: flushed.nextSequence === 0n && appliedRecords > 0 } };
}

function verifiedFrom(view: DatabaseView, verifiedBlocks: number): LogLocation | undefined {
  const { blocks } = view.durable;
  if (blocks === undefined) return undefined;
  const oldest = blocks.head - BigInt(verifiedBlocks - 1);
  return view.locate(oldest > blocks.first ? oldest : blocks.first);
}

function applyRecord(directory: string, view: DatabaseView, location: LogLocation, payload: Uint8Array): void {
  try {
    const entry = decodeLogEntry(payload);
    if (entry.kind === "block") {
      assertFollows(entry.block, view.head);
      view.addBlock(location, entry.block);
      view.markDurable(location, entry.block);
    } else {
      assertCanRewind(entry.number, view.first, view.head?.number);
      view.dropBlocks(location.sequence, entry.number, view.blocksAbove(entry.number));
      if (view.head !== undefined) view.markDurable(location, view.head);
    }
  } catch (error) {
    if (!isTriremeError(error) || error.code === "DATABASE_CORRUPT") throw error;
    throw corrupt(segmentPath(directory, location.segment), location.offset, location.sequence, error.message);
  }
}

/**
 * The last group may have been written without its fdatasync, or after one that failed: then the kernel holds it for
 * clean although the disk may not have it. Writing the same bytes again makes the next fdatasync mean something.
 */
async function writeAgain(directory: string, end: LogEnd, files: LogFiles): Promise<void> {
  const path = segmentPath(directory, end.segment);
  const bytes = new Uint8Array(end.offset - end.groupOffset);
  const descriptor = openSync(path, "r");
  try {
    readSync(descriptor, bytes, 0, bytes.length, end.groupOffset);
  } finally {
    closeSync(descriptor);
  }
  const file = await files.open(path, "r+");
  try {
    file.write(bytes, end.groupOffset);
    await file.sync();
  } finally {
    await file.close();
  }
}
