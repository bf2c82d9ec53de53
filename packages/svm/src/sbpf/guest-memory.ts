/** The memory of one running program: five regions in one buffer, cleared only where a program has been. */
import type { GuestMemory } from "./engine.ts";
import type { Executable } from "./executable.ts";
import {
  hasStackGaps,
  heapRegion,
  inputRegion,
  loadLimitsOffset,
  maxInputLength,
  programRegion,
  regionCount,
  stackFrameSize,
  stackLength,
  stackLimitOffset,
  stackRegion,
  storeLimitsOffset,
  type MemoryLayout,
} from "./memory-layout.ts";
import { accessFault, type BadAccess } from "./vm-fault.ts";

/** The bytes under a guest memory: an ArrayBuffer, or a memory of WebAssembly. */
export interface MemoryBacking {
  /** Zeros at first. */
  readonly buffer: ArrayBufferLike;
  /** Makes `buffer` at least this long, keeping its bytes; it may be another one afterwards. */
  grow(byteLength: number): void;
}

/** A guest memory that an engine keeps for one run after another. */
export interface ReusableMemory extends GuestMemory {
  /** Begins a run: a heap of this length, no input. */
  open(heapLength: number): void;
  /** Ends a run: what the program may have written reads as zeros again. */
  clear(): void;
}

/** Soft limits at the start of a run: most programs stay in two frames, and many never touch the heap. */
const initialStackLimit = 2 * stackFrameSize;
const limitStep = 4096;

const regionNames = ["allocated", "program", "stack", "heap", "input"] as const;

/** A memory for runs of `executable`, its read-only region in place. */
export function createGuestMemory(executable: Executable, layout: MemoryLayout, backing: MemoryBacking): ReusableMemory {
  return new RegionMemory(executable, layout, backing);
}

class RegionMemory implements ReusableMemory {
  bytes: Uint8Array;
  view: DataView;
  readonly inputOffset: number;
  readonly #backing: MemoryBacking;
  readonly #offsets: MemoryLayout["offsets"];
  readonly #lengths: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  readonly #gaps: boolean;
  readonly #namesFrames: boolean;
  #loadLimits: Uint32Array;
  #storeLimits: Uint32Array;
  #stackLimit: Uint32Array;

  constructor({ version, readOnly, readOnlyAddress }: Executable, { offsets, length }: MemoryLayout, backing: MemoryBacking) {
    this.#backing = backing;
    this.#offsets = offsets;
    this.#gaps = hasStackGaps(version);
    this.#namesFrames = version === 0 || version === 3;
    this.inputOffset = offsets[inputRegion];
    if (backing.buffer.byteLength < length) backing.grow(length);
    const region = readOnlyAddress === 0 ? 0 : programRegion;
    this.#lengths[region] = readOnly.length;
    this.#lengths[stackRegion] = stackLength;
    ({
      bytes: this.bytes,
      view: this.view,
      loadLimits: this.#loadLimits,
      storeLimits: this.#storeLimits,
      stackLimit: this.#stackLimit,
    } = viewsOf(backing.buffer));
    this.bytes.set(readOnly, offsets[region]);
    this.#loadLimits[region] = readOnly.length;
  }

  open(heapLength: number): void {
    this.#lengths[heapRegion] = heapLength;
    this.#lengths[inputRegion] = 0;
    this.#setStackLimit(initialStackLimit);
    this.#setLimit(heapRegion, 0);
    this.#setLimit(inputRegion, 0);
  }

  setInputLength(length: number): void {
    if (length > maxInputLength) throw new RangeError(`an input region of at most ${maxInputLength} bytes was expected, ${length} came`);
    const end = this.inputOffset + length;
    if (end > this.bytes.length) {
      this.#backing.grow(end);
      const views = viewsOf(this.#backing.buffer);
      this.bytes = views.bytes;
      this.view = views.view;
      this.#loadLimits = views.loadLimits;
      this.#storeLimits = views.storeLimits;
      this.#stackLimit = views.stackLimit;
    }
    // Bytes that a shorter input gives up would otherwise outlive `clear`.
    if (length < this.#lengths[inputRegion]) this.bytes.fill(0, end, this.inputOffset + this.#lengths[inputRegion]);
    this.#lengths[inputRegion] = length;
    this.#setLimit(inputRegion, length);
  }

  translate(low: number, high: number, length: number, access: "load" | "store"): number {
    if (high < regionCount) {
      const limits = access === "load" ? this.#loadLimits : this.#storeLimits;
      if (low + length <= limits[high]!) return this.#offsets[high]! + low;
    }
    return this.#translateSlowly(low, high, length, access);
  }

  clear(): void {
    const stack = this.#offsets[stackRegion];
    this.bytes.fill(0, stack, stack + this.#stackLimit[0]!);
    const heap = this.#offsets[heapRegion];
    this.bytes.fill(0, heap, heap + this.#loadLimits[heapRegion]!);
    this.bytes.fill(0, this.inputOffset, this.inputOffset + this.#lengths[inputRegion]);
  }

  #translateSlowly(low: number, high: number, length: number, access: "load" | "store"): number {
    let offset = low;
    if (high === stackRegion && this.#gaps) {
      // Only the first byte must not lie in a gap: an access over the end of a frame goes on in the next one (memory_region.rs).
      if ((low & stackFrameSize) !== 0) throw this.#violation(low, high, length, access);
      offset = (low >>> 13) * stackFrameSize + (low & (stackFrameSize - 1));
    }
    const end = offset + length;
    const isWritable = high >= stackRegion;
    if (high >= regionCount || end > this.#lengths[high]! || (access === "store" && !isWritable))
      throw this.#violation(low, high, length, access);
    if (high === stackRegion && end > this.#stackLimit[0]!) {
      this.#setStackLimit(raised(this.#stackLimit[0]!, end, stackLength));
    } else if (high === heapRegion && end > this.#loadLimits[heapRegion]!) {
      this.#setLimit(heapRegion, raised(this.#loadLimits[heapRegion]!, end, this.#lengths[heapRegion]));
    }
    return this.#offsets[high]! + offset;
  }

  #violation(low: number, high: number, length: number, access: "load" | "store"): Error {
    const extent = high < regionCount ? this.#lengths[high]! * (high === stackRegion && this.#gaps ? 2 : 1) : 0;
    const region: BadAccess["region"] = low < extent ? regionNames[high]! : "unallocated";
    return accessFault({ low, high, length, access, region, namesFrames: this.#namesFrames });
  }

  #setStackLimit(limit: number): void {
    this.#stackLimit[0] = limit;
    this.#setLimit(stackRegion, this.#gaps ? 0 : limit);
  }

  #setLimit(region: number, limit: number): void {
    this.#loadLimits[region] = limit;
    this.#storeLimits[region] = limit;
  }
}

/** Twice as much as before, or what is needed. */
function raised(limit: number, needed: number, length: number): number {
  return Math.min(length, Math.max(2 * limit, Math.ceil(needed / limitStep) * limitStep));
}

function viewsOf(buffer: ArrayBufferLike) {
  return {
    bytes: new Uint8Array(buffer),
    view: new DataView(buffer),
    loadLimits: new Uint32Array(buffer, loadLimitsOffset, regionCount),
    storeLimits: new Uint32Array(buffer, storeLimitsOffset, regionCount),
    stackLimit: new Uint32Array(buffer, stackLimitOffset, 1),
  };
}
