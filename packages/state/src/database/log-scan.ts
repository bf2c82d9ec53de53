/** Reading the block log from a place to its end, and telling a torn tail from damage. */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, unlinkSync } from "node:fs";
import { TriremeError } from "@trireme/core";
import {
  databaseFormat,
  decodeSegmentHeader,
  findFrame,
  frameHeaderLength,
  maxPayloadLength,
  payloadChecksum,
  readFrame,
  segmentHeaderLength,
  type SegmentHeader,
} from "./log-frame.ts";
import { listSegments, segmentPath, syncDirectory } from "./log-files.ts";

/** Where a record of the log begins. */
export interface LogLocation {
  readonly sequence: bigint;
  readonly segment: number;
  /** Of its frame, in the segment file. */
  readonly offset: number;
  readonly payloadLength: number;
}

/** Where the log goes on. */
export interface LogEnd {
  readonly nextSequence: bigint;
  /** 0 while there is no segment. */
  readonly segment: number;
  readonly offset: number;
  readonly salt: number;
  /** Offset of the last group in the last segment: the only part that may not be on disk yet. */
  readonly groupOffset: number;
}

/** The end of a file that no fdatasync had covered, as a crash leaves it. */
export interface TornTail {
  readonly file: string;
  readonly offset: number;
  readonly droppedBytes: number;
}

/** What a scan is asked for. */
export interface LogScan {
  readonly directory: string;
  /** Where to begin; the first record when absent. */
  readonly from?: Pick<LogLocation, "sequence" | "segment" | "offset"> | undefined;
  /** First record that may be cut off; what misses before it is damage. */
  readonly cuttableFrom: bigint;
  onRecord(location: LogLocation, payload: Uint8Array): void;
  /** Called after every segment. */
  onSegmentEnd?(): Promise<void>;
}

/**
 * Calls `onRecord` for every whole record, and cuts a torn tail off the file.
 * @throws TriremeError `DATABASE_CORRUPT` naming file, offset and record when a record that was durable is damaged
 */
export async function scanLog(scan: LogScan): Promise<{ readonly end: LogEnd; readonly torn: TornTail | undefined }> {
  const { directory } = scan;
  const segments = listSegments(directory);
  const start = scan.from ?? { sequence: 0n, segment: 1, offset: segmentHeaderLength };
  let end: LogEnd = { nextSequence: start.sequence, segment: 0, offset: 0, salt: 0, groupOffset: 0 };
  let torn: TornTail | undefined;
  const last = segments.at(-1) ?? 0;
  for (let segment = start.segment; segment <= last; segment++) {
    const path = segmentPath(directory, segment);
    if (!segments.includes(segment)) throw corrupt(path, 0, end.nextSequence, "the segment is missing");
    const bytes = readWhole(path);
    const header = decodeSegmentHeader(bytes);
    if (header === undefined) {
      // The header is synced before the first record is written: a longer file lost a header that it had.
      if (segment < last || bytes.length > segmentHeaderLength || end.nextSequence < scan.cuttableFrom) {
        throw corrupt(path, 0, end.nextSequence, "the segment's header is damaged");
      }
      unlinkSync(path);
      syncDirectory(directory);
      torn = { file: path, offset: 0, droppedBytes: bytes.length };
      break;
    }
    assertHeader(path, header, segment, segment === start.segment && scan.from !== undefined ? undefined : end.nextSequence);
    const found = scanSegment(
      bytes,
      header,
      segment,
      segment === start.segment ? start.offset : segmentHeaderLength,
      end.nextSequence,
      scan,
    );
    end = found.end;
    if (end.offset < bytes.length || (end.nextSequence < scan.cuttableFrom && segment === last)) {
      const evidence = segment < last || end.nextSequence < scan.cuttableFrom || wasDurable(bytes, end);
      if (evidence) throw corrupt(path, end.offset, end.nextSequence, found.reason);
      truncate(path, end.offset);
      torn = { file: path, offset: end.offset, droppedBytes: bytes.length - end.offset };
    }
    await scan.onSegmentEnd?.();
  }
  if (end.nextSequence < scan.cuttableFrom) {
    throw corrupt(segmentPath(directory, Math.max(last, 1)), 0, end.nextSequence, "the log ends before it");
  }
  return { end, torn };
}

/** One record, checked. @throws TriremeError `DATABASE_CORRUPT` */
export function recordAt(bytes: Uint8Array, location: LogLocation, salt: number, path: string): Uint8Array {
  const frame = readFrame(bytes, 0, salt);
  const payload = bytes.subarray(frameHeaderLength);
  if (
    frame?.sequence !== location.sequence ||
    frame.payloadLength !== payload.length ||
    frame.payloadChecksum !== payloadChecksum(payload, salt)
  ) {
    throw corrupt(path, location.offset, location.sequence, "its checksum does not match");
  }
  return payload;
}

/** The error that names a damaged place. */
export function corrupt(file: string, offset: number, sequence: bigint, reason: string): TriremeError {
  return new TriremeError("DATABASE_CORRUPT", `${file} is damaged at offset ${offset}, record ${sequence}: ${reason}`, {
    details: { file, offset, record: sequence },
  });
}

function assertHeader(path: string, header: SegmentHeader, segment: number, firstSequence: bigint | undefined): void {
  if (header.format !== databaseFormat) {
    throw new TriremeError("DATABASE_FORMAT", `${path} has format ${header.format}, this version reads format ${databaseFormat}`, {
      details: { found: header.format, expected: databaseFormat },
    });
  }
  if (header.segment !== segment || (firstSequence !== undefined && header.firstSequence !== firstSequence)) {
    throw corrupt(
      path,
      0,
      firstSequence ?? header.firstSequence,
      `it is segment ${header.segment} and begins with record ${header.firstSequence}`,
    );
  }
}

function scanSegment(
  bytes: Buffer,
  header: SegmentHeader,
  segment: number,
  from: number,
  sequence: bigint,
  scan: LogScan,
): { readonly end: LogEnd; readonly reason: string } {
  let offset = from;
  let nextSequence = sequence;
  let group = { start: -1n, offset: from };
  let reason = "the file ends there";
  while (offset < bytes.length) {
    const frame = readFrame(bytes, offset, header.salt);
    const after = offset + frameHeaderLength + (frame?.payloadLength ?? 0);
    if (frame === undefined || frame.sequence !== nextSequence || frame.payloadLength > maxPayloadLength) {
      reason = frame === undefined ? "its header's checksum does not match" : `record ${frame.sequence} stands there`;
      break;
    }
    if (after > bytes.length) {
      reason = `its ${frame.payloadLength} bytes go beyond the end of the file`;
      break;
    }
    const payload = bytes.subarray(offset + frameHeaderLength, after);
    if (frame.payloadChecksum !== payloadChecksum(payload, header.salt)) {
      reason = "its checksum does not match";
      break;
    }
    if (frame.groupStart !== group.start) group = { start: frame.groupStart, offset };
    scan.onRecord({ sequence: nextSequence, segment, offset, payloadLength: payload.length }, payload);
    offset = after;
    nextSequence++;
  }
  return { end: { nextSequence, segment, offset, salt: header.salt, groupOffset: group.offset }, reason };
}

/** A later record of another group proves that the one which should stand at `end` had reached the disk. */
function wasDurable(bytes: Buffer, end: LogEnd): boolean {
  for (let at = end.offset; ;) {
    const frame = findFrame(bytes, at, end.salt);
    if (frame === undefined) return false;
    if (frame.frame.groupStart > end.nextSequence) return true;
    at = frame.offset + 1;
  }
}

function readWhole(path: string): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const bytes = Buffer.allocUnsafe(fstatSync(descriptor).size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

function truncate(path: string, length: number): void {
  const descriptor = openSync(path, "r+");
  try {
    ftruncateSync(descriptor, length);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
