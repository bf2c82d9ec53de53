/** Blocks of the shared memory: bump allocation, free lists by size class, and a quarantine that readers rely on. */
import { TriremeError } from "@trireme/core";
import { wasmPage, type SharedMemory } from "./shared-layout.ts";

/** The allocator; only the writer has one. */
export interface SharedArena {
  /** Byte offset of a block of at least `size` bytes, a multiple of `alignment` (16 at least). The memory may grow. */
  allocate(size: number, alignment?: number): number;
  /** The block is used again after the next `release`. */
  free(offset: number, size: number): void;
  /** Gives the region of an old index to later blocks, after the next `release`. */
  freeRegion(offset: number, size: number): void;
  /** Ends the quarantine of what was freed before; false when there is nothing. */
  release(): boolean;
}

const SMALLEST = 32;

/** Makes an arena from `start` to the end of the memory, which it grows. */
export function createSharedArena(memory: SharedMemory, start: number): SharedArena {
  const freeBySize = new Map<number, number[]>();
  let quarantine: { readonly offset: number; readonly size: number; readonly isRegion: boolean }[] = [];
  const regions: { offset: number; end: number }[] = [];
  let top = start;

  function bump(size: number, alignment: number): number {
    const offset = Math.ceil(top / alignment) * alignment;
    const missing = offset + size - memory.buffer.byteLength;
    if (missing > 0) grow(memory, missing);
    top = offset + size;
    return offset;
  }

  /** Takes from the first region that has the room: old indexes, which would be lost otherwise. */
  function fromRegions(size: number, alignment: number): number | undefined {
    for (const [position, region] of regions.entries()) {
      const offset = Math.ceil(region.offset / alignment) * alignment;
      if (offset + size > region.end) continue;
      region.offset = offset + size;
      if (region.end - region.offset < SMALLEST) regions.splice(position, 1);
      return offset;
    }
    return undefined;
  }

  return {
    allocate(size, alignment = 16) {
      if (alignment > 16) return fromRegions(size, alignment) ?? bump(size, alignment);
      const rounded = sizeClass(size);
      return freeBySize.get(rounded)?.pop() ?? fromRegions(rounded, alignment) ?? bump(rounded, alignment);
    },
    free(offset, size) {
      quarantine.push({ offset, size: sizeClass(size), isRegion: false });
    },
    freeRegion(offset, size) {
      quarantine.push({ offset, size, isRegion: true });
    },
    release() {
      if (quarantine.length === 0) return false;
      for (const { offset, size, isRegion } of quarantine) {
        if (isRegion) {
          regions.push({ offset, end: offset + size });
          continue;
        }
        const list = freeBySize.get(size);
        if (list === undefined) freeBySize.set(size, [offset]);
        else list.push(offset);
      }
      quarantine = [];
      return true;
    },
  };
}

/** The size that a block really has: multiples of 16 up to 128, then four steps to the double. */
export function sizeClass(size: number): number {
  if (size <= SMALLEST) return SMALLEST;
  if (size <= 128) return (size + 15) & ~15;
  const step = 2 ** (29 - Math.clz32(size - 1));
  return Math.ceil(size / step) * step;
}

/** By a quarter, so that growing is rare. @throws TriremeError `LIMIT_EXCEEDED` at the end of the memory */
function grow(memory: SharedMemory, missing: number): void {
  const pages = memory.buffer.byteLength / wasmPage;
  const needed = Math.ceil(missing / wasmPage);
  for (const wanted of [Math.max(needed, Math.ceil(pages / 4)), needed]) {
    try {
      memory.grow(wanted);
      return;
    } catch (cause) {
      if (wanted > needed) continue;
      throw new TriremeError(
        "LIMIT_EXCEEDED",
        `expected the head state to fit its shared memory, got more than ${pages * wasmPage} bytes`,
        { cause },
      );
    }
  }
}
