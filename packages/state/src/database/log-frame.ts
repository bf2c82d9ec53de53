/**
 * Frames of the block log: a header of 32 bytes before every payload, and one before the first record of a segment.
 *
 * Both checksums are CRC-32 started from the segment's salt, so that bytes which a transaction brings along are never
 * taken for a frame when the log is searched for one.
 */
import { crc32 } from "node:zlib";

/** Version of everything in a data directory: manifest, log and LMDB layout. */
export const databaseFormat = 3;

/** Bytes before every payload, and before the first frame of a segment. */
export const frameHeaderLength = 32;
export const segmentHeaderLength = 32;

/** Longest payload: what one write and one allocation may be asked for. */
export const maxPayloadLength = 1 << 30;

const FRAME_MAGIC = Buffer.from("Trec");
const SEGMENT_MAGIC = Buffer.from("Trireme\n");

/** Header of a frame. */
export interface Frame {
  /** Ordinal of the record in the whole log, from 0. */
  readonly sequence: bigint;
  /** First record of the group that was written before the same fdatasync: everything before it was durable by then. */
  readonly groupStart: bigint;
  readonly payloadLength: number;
  readonly payloadChecksum: number;
}

/** Header of a segment file. */
export interface SegmentHeader {
  readonly format: number;
  readonly segment: number;
  readonly firstSequence: bigint;
  readonly salt: number;
}

/** Checksum of a payload. */
export function payloadChecksum(payload: Uint8Array, salt: number): number {
  return crc32(payload, salt);
}

/** Writes `frame` into the first bytes of `target`. */
export function writeFrame(target: Uint8Array, frame: Frame, salt: number): void {
  const view = new DataView(target.buffer, target.byteOffset, frameHeaderLength);
  target.set(FRAME_MAGIC, 0);
  view.setUint32(4, frame.payloadLength);
  view.setBigUint64(8, frame.sequence);
  view.setBigUint64(16, frame.groupStart);
  view.setUint32(24, frame.payloadChecksum);
  view.setUint32(28, crc32(target.subarray(0, 28), salt));
}

/** The frame header at `offset`, undefined when there is none or its checksum is wrong. */
export function readFrame(source: Uint8Array, offset: number, salt: number): Frame | undefined {
  if (offset + frameHeaderLength > source.length) return undefined;
  const header = source.subarray(offset, offset + frameHeaderLength);
  const view = new DataView(header.buffer, header.byteOffset, frameHeaderLength);
  if (!FRAME_MAGIC.equals(header.subarray(0, 4)) || view.getUint32(28) !== crc32(header.subarray(0, 28), salt)) return undefined;
  return {
    payloadLength: view.getUint32(4),
    sequence: view.getBigUint64(8),
    groupStart: view.getBigUint64(16),
    payloadChecksum: view.getUint32(24),
  };
}

/** The first whole frame header at or after `offset`, wherever it begins. */
export function findFrame(source: Buffer, offset: number, salt: number): { readonly frame: Frame; readonly offset: number } | undefined {
  for (let at = source.indexOf(FRAME_MAGIC, offset); at !== -1; at = source.indexOf(FRAME_MAGIC, at + 1)) {
    const frame = readFrame(source, at, salt);
    if (frame !== undefined) return { frame, offset: at };
  }
  return undefined;
}

/** Bytes of a segment's header. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(segmentHeaderLength);
  const view = new DataView(bytes.buffer);
  bytes.set(SEGMENT_MAGIC, 0);
  view.setUint32(8, header.format);
  view.setUint32(12, header.segment);
  view.setBigUint64(16, header.firstSequence);
  view.setUint32(24, header.salt);
  view.setUint32(28, crc32(bytes.subarray(0, 28)));
  return bytes;
}

/** The header of a segment file, undefined when it is not whole. */
export function decodeSegmentHeader(source: Uint8Array): SegmentHeader | undefined {
  if (source.length < segmentHeaderLength) return undefined;
  const view = new DataView(source.buffer, source.byteOffset, segmentHeaderLength);
  if (!SEGMENT_MAGIC.equals(source.subarray(0, 8)) || view.getUint32(28) !== crc32(source.subarray(0, 28))) return undefined;
  return {
    format: view.getUint32(8),
    segment: view.getUint32(12),
    firstSequence: view.getBigUint64(16),
    salt: view.getUint32(24),
  };
}
