/** What syscalls share: taking units, reading arguments, translating pointers, refusing. */
import type { Pubkey } from "@trireme/core";
import type { InstructionErrorName } from "../errors/instruction-error.ts";
import { instructionErrorText } from "../errors/instruction-error-text.ts";
import { ProgramFault } from "../sbpf/program-fault.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";

/** A syscall of this runtime. */
export type SvmSyscall = (machine: ProgramMachine) => void;

/** A guest address as its two unsigned halves. */
export interface Pointer {
  readonly low: number;
  readonly high: number;
}

/** Bytes of guest memory by their host offset. */
export interface Slice {
  readonly offset: number;
  readonly length: number;
}

const twoTo32 = 0x1_0000_0000;
const twoTo63 = 2 ** 63;
const inputAddress = 4 * twoTo32;

/** Takes units. @throws ProgramFault `ComputationalBudgetExceeded`, the meter then at 0. */
export function consume({ meter }: ProgramMachine, units: number): void {
  if (units > meter.remaining) {
    meter.remaining = 0;
    throw instructionFault("ComputationalBudgetExceeded");
  }
  meter.remaining -= units;
}

/** Argument r1 to r5 as a number: exact below 2^53. */
export function argument({ registers }: ProgramMachine, index: number): number {
  return (registers[2 * index + 1] as number) * twoTo32 + (registers[2 * index] as number);
}

/** Argument r1 to r5 as an address. */
export function pointer({ registers }: ProgramMachine, index: number): Pointer {
  return { low: registers[2 * index] as number, high: registers[2 * index + 1] as number };
}

/** Puts a number below 2^53 into r0. */
export function answer({ registers }: ProgramMachine, value: number): void {
  registers[0] = value;
  registers[1] = value / twoTo32;
}

/** An address as a number: exact below 2^53. */
export function toNumber({ low, high }: Pointer): number {
  return high * twoTo32 + low;
}

/** The address `bytes` further on, at most 2^64 - 1. */
export function advance({ low, high }: Pointer, bytes: number): Pointer {
  const sum = low + bytes;
  const carried = high + Math.floor(sum / twoTo32);
  return carried < twoTo32 ? { low: sum % twoTo32, high: carried } : { low: twoTo32 - 1, high: twoTo32 - 1 };
}

/** Host offset of one value of `size` bytes, aligned to `alignment` where the loader asks for it. */
export function translateValue(
  machine: ProgramMachine,
  { low, high }: Pointer,
  size: number,
  alignment: number,
  access: "load" | "store",
): number {
  const offset = translate(machine, low, high, size, access);
  if (machine.isAligned && low % alignment !== 0) throw syscallFault("UnalignedPointer", "Unaligned pointer");
  return offset;
}

/** A bad pointer given to a syscall is the syscall's error: unlike a fault of the machine it leaves the units that are left. */
function translate({ memory }: ProgramMachine, low: number, high: number, size: number, access: "load" | "store"): number {
  try {
    return memory.translate(low, high, size, access);
  } catch (error) {
    if (!(error instanceof ProgramFault) || error.fault.kind !== "vm") throw error;
    throw syscallFault(error.fault.name, error.fault.message);
  }
}

/** `count` values of `size` bytes each. Nothing is looked at where there are none. */
export function translateSlice(
  machine: ProgramMachine,
  from: Pointer,
  count: number,
  access: "load" | "store",
  size = 1,
  alignment = 1,
): Slice {
  if (count === 0) return { offset: 0, length: 0 };
  const length = count * size;
  if (length >= twoTo63) throw syscallFault("InvalidLength", "InvalidLength");
  return { offset: translateValue(machine, from, length, alignment, access), length };
}

/** The bytes of a slice: a view, valid until the guest writes there. */
export function bytesOf({ memory }: ProgramMachine, { offset, length }: Slice): Uint8Array {
  return memory.bytes.subarray(offset, offset + length);
}

/** A copy of the pubkey at a guest address. */
export function readPubkey(machine: ProgramMachine, from: Pointer): Pubkey {
  const offset = translateValue(machine, from, 32, 1, "load");
  return machine.memory.bytes.slice(offset, offset + 32) as Pubkey;
}

/** The address that stands at a host offset. */
export function readPointer({ memory }: ProgramMachine, offset: number): Pointer {
  return { low: memory.view.getUint32(offset, true), high: memory.view.getUint32(offset + 4, true) };
}

/** The number that stands at a host offset: exact below 2^53. */
export function readNumber(machine: ProgramMachine, offset: number): number {
  return toNumber(readPointer(machine, offset));
}

/** Writes a number below 2^53 as eight bytes. */
export function writeNumber({ memory }: ProgramMachine, offset: number, value: number): void {
  memory.view.setUint32(offset, value % twoTo32, true);
  memory.view.setUint32(offset + 4, value / twoTo32, true);
}

/** The slices that a list of `(pointer, length)` pairs names. */
export function translateSlices(machine: ProgramMachine, from: Pointer, count: number): readonly { at: Pointer; length: number }[] {
  const { offset } = translateSlice(machine, from, count, "load", 16, 8);
  return Array.from({ length: count }, (_, index) => ({
    at: readPointer(machine, offset + index * 16),
    length: readNumber(machine, offset + index * 16 + 8),
  }));
}

/** SIMD-0459: what a syscall writes for the program must not lie among the accounts. */
export function refuseInput(at: Pointer): void {
  if (toNumber(at) >= inputAddress) throw syscallFault("InvalidPointer", "Invalid pointer");
}

/** Whether two ranges of guest addresses share no byte. */
export function areApart(left: Pointer, leftLength: number, right: Pointer, rightLength: number): boolean {
  const [a, b] = [toNumber(left), toNumber(right)];
  return a > b ? a - b >= rightLength : b - a >= leftLength;
}

/** An error of a syscall itself: the caller of the program sees `ProgramFailedToComplete`. */
export function syscallFault(name: string, message: string): ProgramFault {
  return new ProgramFault({ kind: "syscall", name, message });
}

/** An error of Solana's that ends the instruction. */
export function instructionFault(error: InstructionErrorName): ProgramFault {
  return new ProgramFault({ kind: "instruction", error, message: instructionErrorText(error) });
}
