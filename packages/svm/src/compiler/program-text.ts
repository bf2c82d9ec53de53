/** Text taken apart into columns: one entry per slot, operations in the compiler's numbering, calls resolved. */
import type { Executable, SbpfVersion } from "../sbpf/executable.ts";
import { framePointerStep } from "../sbpf/memory-layout.ts";
import { callTargetRegister } from "../sbpf/opcodes.ts";
import { hasRegister, operation, operationMask, operationsOf } from "./operations.ts";
import { syscallArity } from "./syscall-arity.ts";

/** The columns. A register set is a mask: bit i is register i. */
export interface ProgramText {
  readonly version: SbpfVersion;
  /** Slots. */
  readonly length: number;
  /** Entries of `operationsOf`; 0 in the second slot of `wide`. */
  readonly entries: Uint16Array;
  readonly dst: Uint8Array;
  /** Of `callRegister`: the register called through, in every version. */
  readonly src: Uint8Array;
  readonly offset: Int16Array;
  readonly immediate: Int32Array;
  /** Of `call`: the slot it calls, -1 where it calls no internal function. */
  readonly callee: Int32Array;
  /** Of `call`: the index of its syscall, -1 where it has none. */
  readonly syscall: Int32Array;
  /** Registers that an instruction reads and writes, of calls only what the syscall takes and gives. */
  readonly reads: Uint16Array;
  readonly writes: Uint16Array;
  /** Low half of the address of the first instruction; the high half is 1. */
  readonly textLow: number;
  readonly textHigh: number;
  readonly hasRegisterCalls: boolean;
  readonly entryPc: number;
  /** Whether r10 is kept like any other register (V1 and V2, or if it does not begin where it should), instead of following from the depth. */
  readonly movesFrame: boolean;
  /** What a call adds to r10. */
  readonly frameStep: number;
}

/** Takes the text of `executable` apart. `syscalls` gives the index of a syscall by its hash; `keepsFrame` asks for `movesFrame`. */
export function readProgram(executable: Executable, syscalls: ReadonlyMap<number, number>, keepsFrame: boolean): ProgramText {
  const { version, functions, textAddress, entryPc } = executable;
  const bytes = executable.text.slice();
  const length = bytes.length >> 3;
  const immediates = new Int32Array(bytes.buffer);
  const offsets = new Int16Array(bytes.buffer);
  const table = operationsOf(version);
  const entries = new Uint16Array(length);
  const dst = new Uint8Array(length);
  const src = new Uint8Array(length);
  const offset = new Int16Array(length);
  const immediate = new Int32Array(length);
  const callee = new Int32Array(length).fill(-1);
  const syscall = new Int32Array(length).fill(-1);
  const reads = new Uint16Array(length);
  const writes = new Uint16Array(length);
  let hasRegisterCalls = false;
  for (let pc = 0; pc < length; pc++) {
    const entry = table[bytes[8 * pc]!]!;
    const registers = bytes[8 * pc + 1]!;
    entries[pc] = entry;
    dst[pc] = registers & 15;
    src[pc] = registers >> 4;
    offset[pc] = offsets[4 * pc + 1]!;
    immediate[pc] = immediates[2 * pc + 1]!;
    const kind = entry & operationMask;
    const target = 1 << dst[pc]!;
    const operand = (entry & hasRegister) === 0 ? 0 : 1 << src[pc]!;
    if (kind === operation.wide) {
      writes[pc] = target;
      pc++;
      immediate[pc] = immediates[2 * pc + 1]!;
    } else if (kind === operation.mov) {
      reads[pc] = operand;
      writes[pc] = target;
    } else if (kind > 0 && kind < operation.load) {
      reads[pc] = operand | target;
      writes[pc] = target;
    } else if (kind >= operation.load && kind < operation.storeImmediate) {
      reads[pc] = 1 << src[pc]!;
      writes[pc] = target;
    } else if (kind >= operation.storeImmediate && kind < operation.storeRegister) {
      reads[pc] = target;
    } else if (kind >= operation.storeRegister && kind < operation.jump) {
      reads[pc] = target | (1 << src[pc]!);
    } else if (kind > operation.jump && kind < operation.call) {
      reads[pc] = target | operand;
    } else if (kind === operation.callRegister) {
      hasRegisterCalls = true;
      src[pc] = callTargetRegister(version, { dst: dst[pc]!, src: src[pc]!, immediate: immediate[pc]! });
      reads[pc] = 1 << src[pc]!;
    } else if (kind === operation.call) {
      const key = immediate[pc]! >>> 0;
      const isStatic = version === 3;
      const index = isStatic && src[pc] !== 0 ? undefined : syscalls.get(key);
      if (index !== undefined) {
        syscall[pc] = index;
        reads[pc] = (2 << syscallArity(key)) - 2;
        writes[pc] = 1;
      }
      const called = isStatic ? (src[pc] === 1 ? pc + 1 + immediate[pc]! : -1) : (functions.get(key) ?? -1);
      callee[pc] = called >= 0 && called < length ? called : -1;
    }
  }
  return {
    version,
    length,
    entries,
    dst,
    src,
    offset,
    immediate,
    callee,
    syscall,
    reads,
    writes,
    textLow: textAddress >>> 0,
    textHigh: Math.floor(textAddress / 0x1_0000_0000),
    hasRegisterCalls,
    entryPc,
    movesFrame: keepsFrame || version === 1 || version === 2,
    frameStep: framePointerStep(version),
  };
}

/** Whether an entry ends a run of instructions that are charged together: calls and whatever does not go on to the next slot alone. */
export function endsSegment(entry: number): boolean {
  const kind = entry & operationMask;
  return kind >= operation.jump || kind === operation.invalid;
}

/** Whether an instruction may fault or writes to memory, so that it matters whether it ran. */
export function hasEffect(entry: number): boolean {
  const kind = entry & operationMask;
  return (kind >= operation.load && kind < operation.jump) || (kind >= operation.udiv && kind <= operation.srem);
}
