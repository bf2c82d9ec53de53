/** Random access to records of the block log, synchronously. */
import { closeSync, openSync, readSync } from "node:fs";
import { decodeSegmentHeader, frameHeaderLength, segmentHeaderLength } from "./log-frame.ts";
import { segmentPath } from "./log-files.ts";
import { corrupt, recordAt, type LogLocation } from "./log-scan.ts";

/** Reads records by their place. */
export interface LogReader {
  /** @throws TriremeError `DATABASE_CORRUPT` when the record is not what was written */
  read(location: LogLocation): Uint8Array;
  close(): void;
}

/** A reader of the segments in `directory`; files are opened when they are first read. */
export function createLogReader(directory: string): LogReader {
  const segments = new Map<number, { readonly descriptor: number; readonly salt: number }>();
  const open = (location: LogLocation): { readonly descriptor: number; readonly salt: number } => {
    const known = segments.get(location.segment);
    if (known !== undefined) return known;
    const path = segmentPath(directory, location.segment);
    const descriptor = openSegment(path, location);
    const header = decodeSegmentHeader(readAt(descriptor, 0, segmentHeaderLength));
    if (header === undefined) {
      closeSync(descriptor);
      throw corrupt(path, 0, location.sequence, "the segment's header is damaged");
    }
    const segment = { descriptor, salt: header.salt };
    segments.set(location.segment, segment);
    return segment;
  };
  return {
    read(location) {
      const { descriptor, salt } = open(location);
      const bytes = readAt(descriptor, location.offset, frameHeaderLength + location.payloadLength);
      return recordAt(bytes, location, salt, segmentPath(directory, location.segment));
    },
    close() {
      for (const { descriptor } of segments.values()) closeSync(descriptor);
      segments.clear();
    },
  };
}

function openSegment(path: string, location: LogLocation): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw corrupt(path, location.offset, location.sequence, error instanceof Error ? error.message : String(error));
  }
}

/** Up to `length` bytes: fewer where the file ends. */
function readAt(descriptor: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const count = readSync(descriptor, bytes, read, length - read, position + read);
    if (count === 0) break;
    read += count;
  }
  return bytes.subarray(0, read);
}
