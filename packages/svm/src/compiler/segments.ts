/** Runs of instructions that are charged together. */
import { operation, operationMask } from "./operations.ts";
import { endsSegment, hasEffect, type ProgramText } from "./program-text.ts";

/** Instructions that are charged together, from the first one to a call or the end of the block. */
export interface Segment {
  /** First slot after it. */
  readonly stop: number;
  /** Units. */
  readonly cost: number;
  /** Registers that are read before they are written, if a run that ends amid the segment leaves a trace; else 0. */
  readonly reads: number;
  readonly hasEffect: boolean;
}

/** The segment that begins at `pc`, in a block that ends before `blockStop`. */
export function segmentAt(program: ProgramText, pc: number, blockStop: number): Segment {
  let cost = 0;
  let reads = 0;
  let written = 0;
  let effect = false;
  let at = pc;
  while (at < blockStop) {
    const entry = program.entries[at]!;
    const isLast = endsSegment(entry);
    cost++;
    if (!isLast) {
      reads |= program.reads[at]! & ~written;
      written |= program.writes[at]!;
      effect ||= hasEffect(entry);
    }
    at += (entry & operationMask) === operation.wide ? 2 : 1;
    if (isLast) break;
  }
  return { stop: Math.min(at, blockStop), cost, reads: effect ? reads : 0, hasEffect: effect };
}

/** How many instructions stand after `pc` in its segment: they were paid, and did not run when this one faulted. */
export function segmentRest(program: ProgramText, isBlockStart: Uint8Array, pc: number): number {
  let count = -1;
  for (let at = pc; at < program.length;) {
    const entry = program.entries[at]!;
    count++;
    at += (entry & operationMask) === operation.wide ? 2 : 1;
    if (endsSegment(entry) || isBlockStart[at] === 1) break;
  }
  return count;
}
