/** A program with a memory of its own, kept for one run after another. */
import type { Machine, ProgramInstance, RunOutcome } from "../sbpf/engine.ts";
import type { Executable } from "../sbpf/executable.ts";
import { createGuestMemory } from "../sbpf/guest-memory.ts";
import {
  controlLength,
  hasStackGaps,
  heapRegion,
  initialFramePointer,
  maxInputLength,
  programRegion,
  stackFrameSize,
  stackLength,
  stackRegion,
  stridedLayout,
} from "../sbpf/memory-layout.ts";
import { ProgramFault } from "../sbpf/program-fault.ts";
import { createCodeRunner, readUnits, registersAt, writeUnits, type ProgramModules } from "./code-runner.ts";
import { fullLengthOffset, functionMapOffset, touchedOffset } from "./control-page.ts";

/** What all instances of a program share. */
export interface CompiledProgram<M extends Machine> {
  readonly executable: Executable;
  readonly modules: ProgramModules<M>;
  /** For runs whose r10 does not begin at the end of the first frame, which compiled code takes for granted. */
  keepingFrame(): ProgramModules<M>;
}

/** An instance that is kept for one run after another. */
export interface CompiledInstance<M extends Machine> {
  open(heapLength: number, release: () => void): ProgramInstance<M>;
  /** Everything the last run left reads as zeros again. */
  clear(): void;
  /** Whether its memory has not grown so far that it should rather go. */
  readonly isSmall: boolean;
  /** Ends its use: the memory, all zeros, for the instance of another program. */
  retire(): WebAssembly.Memory;
}

const pageLength = 0x1_0000;
/** Input that fits without the memory growing. */
const firstInputLength = 0x10_0000;
/** Longest input whose memory is kept for the next run. */
const mostKeptInput = 0x200_0000;
const registerWords = 22;
const framePointerAt = 20;
const runsRemembered = 256;
const fullLengthAt = fullLengthOffset / 4;
const touchedAt = touchedOffset / 4;

/** A memory for an instance. @throws RangeError where no address space is left. */
export function createInstanceMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({
    initial: (stridedLayout.length + firstInputLength) / pageLength,
    maximum: (stridedLayout.length + maxInputLength) / pageLength,
  });
}

/** Makes an instance on a memory of zeros. */
export function createCompiledInstance<M extends Machine>(
  { executable, modules, keepingFrame }: CompiledProgram<M>,
  wasmMemory: WebAssembly.Memory,
): CompiledInstance<M> {
  const memory = createGuestMemory(executable, stridedLayout, {
    get buffer() {
      return wasmMemory.buffer;
    },
    grow(byteLength) {
      wasmMemory.grow(Math.ceil((byteLength - wasmMemory.buffer.byteLength) / pageLength));
    },
  });
  if (modules.tableSlots.length > 0) {
    const map = new Uint16Array(wasmMemory.buffer, functionMapOffset, modules.text.length);
    modules.tableSlots.forEach((slot, index) => (map[slot] = index + 1));
  }
  let machine: M | undefined;
  const host = {
    memory,
    wasmMemory,
    page: new Uint32Array(wasmMemory.buffer, 0, controlLength / 4),
    registers: new Uint32Array(registerWords),
    machine(): M {
      if (machine === undefined) throw new Error("compiled code ran outside of a run");
      return machine;
    },
  };
  const { registers } = host;
  // A program that went beyond its limits will do so again: what is accessible from the start costs it less.
  const expected = new Uint32Array(heapRegion + 1);
  let runs = 0;
  const frame = initialFramePointer(executable.version);
  const [frameLow, frameHigh] = [frame >>> 0, Math.floor(frame / 0x1_0000_0000)];
  const runner = createCodeRunner(modules, host);
  let keepingRunner: (() => void) | undefined;

  /** A longer input makes the memory grow, which replaces its buffer. */
  function refreshPage(): void {
    if (host.page.buffer !== wasmMemory.buffer) host.page = new Uint32Array(wasmMemory.buffer, 0, controlLength / 4);
  }

  function run(given: M): RunOutcome {
    const isUsual = modules.text.movesFrame || (registers[framePointerAt] === frameLow && registers[framePointerAt + 1] === frameHigh);
    const execute = isUsual ? runner : (keepingRunner ??= createCodeRunner(keepingFrame(), host));
    refreshPage();
    machine = given;
    host.page.set(registers, registersAt);
    writeUnits(host.page, given.meter.remaining);
    try {
      execute();
      given.meter.remaining = readUnits(host.page);
      registers.set(host.page.subarray(registersAt, registersAt + registerWords));
      return { kind: "exit" };
    } catch (error) {
      if (error instanceof ProgramFault) return { kind: "fault", fault: error.fault };
      throw error;
    } finally {
      machine = undefined;
    }
  }

  return {
    open(heapLength, release) {
      refreshPage();
      memory.open(heapLength);
      host.page[fullLengthAt + stackRegion] = stackLength;
      host.page[fullLengthAt + heapRegion] = heapLength;
      if (++runs % runsRemembered === 0) expected.fill(0);
      raiseLimit(stackRegion, expected[stackRegion]!);
      raiseLimit(heapRegion, Math.min(expected[heapRegion]!, heapLength));
      registers.fill(0);
      registers[framePointerAt] = frameLow;
      registers[framePointerAt + 1] = frameHigh;
      return { memory, registers, run, release };
    },
    clear() {
      raiseLimits();
      memory.clear();
    },
    get isSmall() {
      return wasmMemory.buffer.byteLength <= stridedLayout.length + mostKeptInput;
    },
    retire() {
      const bytes = new Uint8Array(wasmMemory.buffer);
      bytes.fill(0, 0, controlLength);
      if (modules.tableSlots.length > 0) bytes.fill(0, functionMapOffset, functionMapOffset + 2 * modules.text.length);
      const start = stridedLayout.offsets[executable.readOnlyAddress === 0 ? 0 : programRegion];
      bytes.fill(0, start, start + executable.readOnly.length);
      return wasmMemory;
    },
  };

  /** Tells the memory where compiled code wrote without asking, so that it is cleared, and remembers how far that was. */
  function raiseLimits(): void {
    refreshPage();
    const { page } = host;
    for (const region of [stackRegion, heapRegion]) {
      const end = page[touchedAt + region]!;
      page[touchedAt + region] = 0;
      if (end > expected[region]!) expected[region] = end;
      raiseLimit(region, end);
    }
  }

  function raiseLimit(region: number, end: number): void {
    if (end === 0) return;
    const last = end - 1;
    const isGapped = region === stackRegion && hasStackGaps(executable.version);
    memory.translate(isGapped ? 2 * last - (last % stackFrameSize) : last, region, 1, "store");
  }
}
