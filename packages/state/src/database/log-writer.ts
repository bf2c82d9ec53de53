/**
 * Appending to the block log. Records that arrive while an fdatasync is under way form one group: one write and one
 * fdatasync for all of them. A write or fdatasync that fails is never tried again: what the disk holds is unknown then.
 */
import { randomBytes } from "node:crypto";
import { TriremeError } from "@trireme/core";
import {
  encodeSegmentHeader,
  databaseFormat,
  frameHeaderLength,
  maxPayloadLength,
  payloadChecksum,
  segmentHeaderLength,
  writeFrame,
} from "./log-frame.ts";
import { segmentPath, syncDirectory, type LogFile, type LogFiles } from "./log-files.ts";
import type { LogEnd, LogLocation } from "./log-scan.ts";

/** A record on its way to the disk. */
export interface LogAppend {
  readonly location: LogLocation;
  /** Resolves when it is durable, rejects with `DATABASE_WRITE_FAILED`. */
  readonly durable: Promise<void>;
}

/** The one writer of a block log. */
export interface LogWriter {
  /** Why nothing can be appended any more. */
  readonly failure: TriremeError | undefined;
  /** `bytes` is a payload behind `frameHeaderLength` bytes of room; the writer keeps it. */
  append(bytes: Uint8Array): LogAppend;
  /** Refuses every further append, as a failed write does. */
  fail(error: TriremeError): void;
  close(): Promise<void>;
}

/** Where and how a writer writes. */
export interface LogWriterOptions {
  readonly directory: string;
  readonly files: LogFiles;
  readonly end: LogEnd;
  /** A segment that has reached this length is followed by a new one. */
  readonly segmentBytes: number;
}

interface QueuedRecord {
  readonly bytes: Uint8Array;
  readonly location: LogLocation;
  resolve(): void;
  reject(error: TriremeError): void;
}

interface Segment {
  readonly number: number;
  readonly path: string;
  readonly salt: number;
  readonly file: LogFile;
}

/** Most bytes that are put together for one write. */
const maxGroupBytes = 1 << 24;

/** A writer that goes on at `end`. */
export function createLogWriter(options: LogWriterOptions): LogWriter {
  const { directory, files, segmentBytes } = options;
  let failure: TriremeError | undefined;
  let next = { sequence: options.end.nextSequence, segment: options.end.segment, offset: options.end.offset };
  let current: Segment | undefined;
  let queue: QueuedRecord[] = [];
  let draining: Promise<void> | undefined;

  const reserve = (payloadLength: number): LogLocation => {
    if (next.segment === 0 || next.offset >= segmentBytes) next = { ...next, segment: next.segment + 1, offset: segmentHeaderLength };
    const location = { sequence: next.sequence, segment: next.segment, offset: next.offset, payloadLength };
    next = { sequence: next.sequence + 1n, segment: next.segment, offset: next.offset + frameHeaderLength + payloadLength };
    return location;
  };

  const openSegment = async (location: LogLocation): Promise<Segment> => {
    await current?.file.close();
    current = undefined;
    const path = segmentPath(directory, location.segment);
    if (location.segment === options.end.segment) {
      current = { number: location.segment, path, salt: options.end.salt, file: await files.open(path, "r+") };
      return current;
    }
    const salt = randomBytes(4).readUInt32BE();
    const file = await files.open(path, "wx");
    current = { number: location.segment, path, salt, file };
    file.write(encodeSegmentHeader({ format: databaseFormat, segment: location.segment, firstSequence: location.sequence, salt }), 0);
    await file.sync();
    syncDirectory(directory);
    return current;
  };

  const writeGroup = async (group: readonly QueuedRecord[], first: LogLocation): Promise<void> => {
    const segment = current?.number === first.segment ? current : await openSegment(first);
    for (const { bytes, location } of group) {
      const payload = bytes.subarray(frameHeaderLength);
      const frame = {
        sequence: location.sequence,
        groupStart: first.sequence,
        payloadLength: payload.length,
        payloadChecksum: payloadChecksum(payload, segment.salt),
      };
      writeFrame(bytes, frame, segment.salt);
    }
    segment.file.write(
      group.length === 1 ? (group[0] as QueuedRecord).bytes : Buffer.concat(group.map(({ bytes }) => bytes)),
      first.offset,
    );
    await segment.file.sync();
  };

  // Runs at once up to its first fdatasync: what the caller does after `append` is done while the disk works.
  const drain = async (): Promise<void> => {
    for (let first = queue[0]; first !== undefined && failure === undefined; first = queue[0]) {
      const group = takeGroup(queue, first.location.segment);
      queue = queue.slice(group.length);
      try {
        await writeGroup(group, first.location);
        for (const { resolve } of group) resolve();
      } catch (cause) {
        failure ??= writeFailed(directory, group, cause);
        for (const { reject } of group) reject(failure);
      }
    }
    if (failure !== undefined) for (const { reject } of queue.splice(0)) reject(failure);
    // In the same turn as the last look at the queue, or an append in between would wait for ever.
    draining = undefined;
  };

  return {
    get failure() {
      return failure;
    },
    append(bytes) {
      if (failure !== undefined) throw failure;
      const payloadLength = bytes.length - frameHeaderLength;
      if (payloadLength > maxPayloadLength) {
        throw new TriremeError("LIMIT_EXCEEDED", `expected a record of at most ${maxPayloadLength} bytes, got ${payloadLength}`);
      }
      const location = reserve(payloadLength);
      const durable = new Promise<void>((resolve, reject) => {
        queue.push({ bytes, location, resolve, reject });
      });
      draining ??= drain();
      return { location, durable };
    },
    fail(error) {
      failure ??= error;
    },
    async close() {
      await draining;
      await current?.file.close();
      current = undefined;
    },
  };
}

/** As many records of one segment as one write takes. */
function takeGroup(queue: readonly QueuedRecord[], segment: number): readonly QueuedRecord[] {
  let bytes = 0;
  let count = 0;
  while (count < queue.length && bytes < maxGroupBytes) {
    const record = queue[count] as QueuedRecord;
    if (record.location.segment !== segment) break;
    bytes += record.bytes.length;
    count++;
  }
  return queue.slice(0, count);
}

function writeFailed(directory: string, group: readonly QueuedRecord[], cause: unknown): TriremeError {
  const { segment, offset, sequence } = (group[0] as QueuedRecord).location;
  const file = segmentPath(directory, segment);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TriremeError("DATABASE_WRITE_FAILED", `could not make record ${sequence} durable in ${file} at offset ${offset}: ${reason}`, {
    cause,
    details: { file, offset, record: sequence },
  });
}
