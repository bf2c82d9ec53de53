/** Where the regions of a guest stand: their addresses in the guest, and their offsets in the memory of an engine. */
import type { SbpfVersion } from "./executable.ts";

/** Regions by the high half of a guest address: read-only data of V3, program, stack, heap, input. */
export const regionCount = 5;
export const programRegion = 1;
export const stackRegion = 2;
export const heapRegion = 3;
export const inputRegion = 4;

/** Distance of two regions in the guest's address space. */
export const regionSize = 0x1_0000_0000;
export const stackAddress = stackRegion * regionSize;
export const heapAddress = heapRegion * regionSize;
export const inputAddress = inputRegion * regionSize;

/** Bytes of a stack frame. In V0 a gap of the same size follows each frame in the guest, but not in memory. */
export const stackFrameSize = 4096;
/** Frames a program may have open, the first one included. */
export const maxCallFrames = 64;
export const stackLength = maxCallFrames * stackFrameSize;
export const maxHeapLength = 262_144;
/** Longest input region that an engine must carry. */
export const maxInputLength = 0x1000_0000;
/** Longest ELF, and so longest read-only region. Accounts end at 10 MiB. */
export const maxProgramLength = 0xa0_0000;

/** Bytes at the start of an engine's memory that are its own: the limits of the regions, then whatever it likes. */
export const controlLength = 0x1_0000;
/**
 * Offset of the limits in the control bytes: u32 per region for loads, then from `storeLimitsOffset` on for stores. An
 * access of `n` bytes at `low` is good without further questions if `low + n` is at most the limit of its region. A limit
 * may be lower than the length of its region: then `GuestMemory.translate` decides, and raises it. Entries past the last
 * region are 0. In V0 the limits of the stack are 0, because its guest addresses have gaps.
 */
export const loadLimitsOffset = 0;
export const storeLimitsOffset = 32;
/** Offset of a u32 beside the limits: bytes of the stack, from its start and without gaps, that need no further question. */
export const stackLimitOffset = 64;

/** Offsets of the regions in the memory of an engine. */
export interface MemoryLayout {
  /** By region. */
  readonly offsets: readonly [number, number, number, number, number];
  /** Length of the memory before the input region has one. */
  readonly length: number;
}

/** For compiled code: the offset of an address follows from its two halves without a table: `(high + 1 << 24) + low`. */
export const stridedLayout: MemoryLayout = {
  offsets: [0x100_0000, 0x200_0000, 0x300_0000, 0x400_0000, 0x500_0000],
  length: 0x500_0000,
};

/** As small as can be: one region after another. `readOnlyAddress` tells where the read-only bytes belong. */
export function compactLayout(readOnlyLength: number): MemoryLayout {
  const stack = (controlLength + readOnlyLength + 15) & ~15;
  const heap = stack + stackLength;
  const input = heap + maxHeapLength;
  return { offsets: [controlLength, controlLength, stack, heap, input], length: input };
}

/** Whether guest addresses of the stack have a gap after every frame. */
export function hasStackGaps(version: SbpfVersion): boolean {
  return version === 0;
}

/** r10 at the start: the end of the first frame, or in V1 and V2, where programs move it themselves, the end of the stack. */
export function initialFramePointer(version: SbpfVersion): number {
  return stackAddress + (version === 1 || version === 2 ? stackLength : stackFrameSize);
}

/** What an internal call adds to r10. */
export function framePointerStep(version: SbpfVersion): number {
  if (version === 1 || version === 2) return 0;
  return hasStackGaps(version) ? 2 * stackFrameSize : stackFrameSize;
}
