/** Instances of a program's modules on one memory, and what compiled code calls out to. */
import type { Machine, Syscall } from "../sbpf/engine.ts";
import type { ReusableMemory } from "../sbpf/guest-memory.ts";
import { maxCallFrames, stackFrameSize, stackRegion, stridedLayout } from "../sbpf/memory-layout.ts";
import { ProgramFault } from "../sbpf/program-fault.ts";
import { vmFault } from "../sbpf/vm-fault.ts";
import { entrySlotOffset, faultCodes, frameOffset, meterOffset, registersOffset, spillOffset, type ImportName } from "./control-page.ts";
import type { ProgramText } from "./program-text.ts";
import { segmentAt, segmentRest } from "./segments.ts";
import { syscallArity } from "./syscall-arity.ts";

/** Modules of a program under one treatment of r10. */
export interface ProgramModules<M extends Machine> {
  readonly text: ProgramText;
  readonly syscalls: readonly Syscall<M>[];
  readonly syscallHashes: readonly number[];
  readonly main: WebAssembly.Module;
  /** By index in the table, less 1: slots that `callx` finds. */
  readonly tableSlots: readonly number[];
  /** 1 where a block begins. */
  readonly isBlockStart: Uint8Array;
  /** Code that can be entered anywhere; compiled when it is first asked for. */
  exact(): WebAssembly.Module;
  /** The same for the segment that begins at `start`. */
  exactSegment(start: number, stop: number): WebAssembly.Module;
}

/** The instance that the code runs in. */
export interface CodeHost<M extends Machine> {
  readonly memory: ReusableMemory;
  readonly wasmMemory: WebAssembly.Memory;
  /** The control bytes, as they stand now. */
  readonly page: Uint32Array;
  /** Registers as syscalls see them. */
  readonly registers: Uint32Array;
  /** The machine of the run at hand. */
  machine(): M;
}

/** A function that runs the program from the state in the control bytes to its exit. It throws a `ProgramFault`. */
export function createCodeRunner<M extends Machine>(modules: ProgramModules<M>, host: CodeHost<M>): () => void {
  const { text, syscalls, isBlockStart } = modules;
  const { registers } = host;
  // Compiled code writes the registers that a syscall reads, not those that it does not.
  const argumentEnds = modules.syscallHashes.map((hash) => 2 + 2 * syscallArity(hash));
  const readMeter = (): number => readUnits(host.page);
  const writeMeter = (units: number): void => writeUnits(host.page, units);
  /** Units that the instructions after `pc` paid in advance. */
  const refund = (pc: number): number => {
    const isCounted = pc >= 0 && pc < text.length && !isExact;
    return isCounted ? segmentRest(text, isBlockStart, pc) : 0;
  };
  let isExact = false;
  const runExactly = (module: WebAssembly.Module): void => {
    const wasExact = isExact;
    isExact = true;
    instantiate(module)();
    isExact = wasExact;
  };
  let exactRun: (() => void) | undefined;

  const imports: Readonly<Record<ImportName, (...values: number[]) => number | void>> = {
    fault(pc = 0, code = 0) {
      host.machine().meter.remaining = readMeter() + refund(pc);
      throw new ProgramFault(vmFault(faultCodes[code]!));
    },
    exceeded() {
      host.machine().meter.remaining = 0;
      throw new ProgramFault(vmFault("ExceededMaxInstructions"));
    },
    overrun(pc = 0, frame = 0) {
      const blockStop = isBlockStart.indexOf(1, pc + 1);
      const { stop, cost, reads } = segmentAt(text, pc, blockStop < 0 ? text.length : blockStop);
      let at = spillAt;
      for (let register = 0; register <= 10; register++) {
        if ((reads & (1 << register)) === 0 || (register === 10 && !text.movesFrame)) continue;
        host.page[registersAt + 2 * register] = host.page[at++]!;
        host.page[registersAt + 2 * register + 1] = host.page[at++]!;
      }
      writeMeter(readMeter() + cost);
      host.page[frameOffset / 4] = frame;
      host.page[entrySlotOffset / 4] = pc;
      runExactly(modules.exactSegment(pc, stop));
    },
    translate(low = 0, high = 0, length = 0, pc = 0) {
      try {
        return host.memory.translate(low >>> 0, high >>> 0, Math.abs(length), length < 0 ? "store" : "load");
      } catch (error) {
        host.machine().meter.remaining = readMeter() + refund(pc);
        throw error;
      }
    },
    enterFrame(frame = 0) {
      const depth = (frame - stridedLayout.offsets[stackRegion]) / stackFrameSize;
      if (depth >= maxCallFrames) {
        host.machine().meter.remaining = readMeter();
        throw new ProgramFault(vmFault("CallDepthExceeded"));
      }
      host.memory.translate((text.version === 0 ? 2 : 1) * depth * stackFrameSize, stackRegion, stackFrameSize, "store");
    },
    syscall(index = 0) {
      const { page } = host;
      const own = host.machine();
      own.meter.remaining = readUnits(page);
      const end = argumentEnds[index]!;
      for (let at = 2; at < end; at++) registers[at] = page[registersAt + at]!;
      syscalls[index]!(own);
      const after = host.page;
      after[registersAt] = registers[0]!;
      after[registersAt + 1] = registers[1]!;
      writeUnits(after, own.meter.remaining);
    },
    callUnknown(pc = 0) {
      host.page[entrySlotOffset / 4] = pc;
      exactRun ??= instantiate(modules.exact());
      const wasExact = isExact;
      isExact = true;
      exactRun();
      isExact = wasExact;
    },
  };

  function instantiate(module: WebAssembly.Module): () => void {
    const { exports } = new WebAssembly.Instance(module, { env: { ...imports, memory: host.wasmMemory } });
    return exports["run"] as () => void;
  }
  const main = instantiate(modules.main);
  return () => {
    isExact = false;
    main();
  };
}

/** Units left, as compiled code has them. */
export function readUnits(page: Uint32Array): number {
  return page[meterAt]! + (page[meterAt + 1]! | 0) * 0x1_0000_0000;
}

export function writeUnits(page: Uint32Array, units: number): void {
  page[meterAt] = units >>> 0;
  page[meterAt + 1] = Math.floor(units / 0x1_0000_0000);
}

/** Where the control bytes have their registers, counted in u32. */
export const registersAt = registersOffset / 4;
const meterAt = meterOffset / 4;
const spillAt = spillOffset / 4;
