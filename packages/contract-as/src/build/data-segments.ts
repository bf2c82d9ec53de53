/** Memory as data segments. */

/** Bytes from `start` up to `end`. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Activation takes no more. */
const maxSegments = 128;
/** A segment of its own costs about so many bytes. */
const smallestGap = 12;

/** The stretches of `memory` that are not zero; neighbours are joined across zeros where that is smaller, or needed to stay within the limit. */
export function dataSegments(memory: Uint8Array): Segment[] {
  for (let gap = smallestGap; ; gap *= 2) {
    const segments = stretches(memory, gap);
    if (segments.length <= maxSegments) return segments;
  }
}

function stretches(memory: Uint8Array, gap: number): Segment[] {
  const segments: Segment[] = [];
  let start = -1;
  let end = -1;
  for (let at = 0; at < memory.length; at++) {
    if (memory[at] === 0) continue;
    if (start >= 0 && at - end >= gap) {
      segments.push({ start, end });
      start = at;
    } else if (start < 0) start = at;
    end = at + 1;
  }
  if (start >= 0) segments.push({ start, end });
  return segments;
}
