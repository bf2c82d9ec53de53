/** `sol_memcpy_` and its kin, and the allocator of old programs. */
import { heapRegion } from "../sbpf/memory-layout.ts";
import { bytesPerUnit, memoryBaseCost } from "../runtime/limits.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import { answer, areApart, argument, consume, pointer, syscallFault, translateSlice, translateValue, type SvmSyscall } from "./guest.ts";

/** `sol_memcpy_(destination, source, length)`: the two may not overlap. */
export const memoryCopy: SvmSyscall = (machine) => {
  const length = argument(machine, 3);
  consumeFor(machine, length);
  if (!areApart(pointer(machine, 2), length, pointer(machine, 1), length)) throw syscallFault("CopyOverlapping", "Overlapping copy");
  move(machine, length);
};

/** `sol_memmove_(destination, source, length)`. */
export const memoryMove: SvmSyscall = (machine) => {
  const length = argument(machine, 3);
  consumeFor(machine, length);
  move(machine, length);
};

/** `sol_memset_(destination, byte, length)`. */
export const memorySet: SvmSyscall = (machine) => {
  const length = argument(machine, 3);
  consumeFor(machine, length);
  const { offset } = translateSlice(machine, pointer(machine, 1), length, "store");
  machine.memory.bytes.fill(machine.registers[4] as number, offset, offset + length);
  answer(machine, 0);
};

/** `sol_memcmp_(left, right, length, result)`: the difference of the first two bytes that differ, as an i32. */
export const memoryCompare: SvmSyscall = (machine) => {
  const length = argument(machine, 3);
  consumeFor(machine, length);
  const left = translateSlice(machine, pointer(machine, 1), length, "load");
  const right = translateSlice(machine, pointer(machine, 2), length, "load");
  const result = translateValue(machine, pointer(machine, 4), 4, 4, "store");
  const { bytes, view } = machine.memory;
  const at = firstDifference(bytes, left.offset, right.offset, length);
  const difference = at === length ? 0 : (bytes[left.offset + at] as number) - (bytes[right.offset + at] as number);
  view.setInt32(result, difference, true);
  answer(machine, 0);
};

/** `sol_alloc_free_(size, address)`: an address in the heap, 0 when it is full; freeing does nothing. Only old programs have it. */
export const allocFree: SvmSyscall = (machine) => {
  const size = argument(machine, 1);
  const start = machine.isAligned ? (machine.heapPosition + 7) & ~7 : machine.heapPosition;
  const isFree = argument(machine, 2) !== 0;
  if (isFree || start + size > machine.heapLength) {
    answer(machine, 0);
    return;
  }
  machine.heapPosition = start + size;
  machine.registers[0] = start;
  machine.registers[1] = heapRegion;
};

/** Whole chunks are compared by the platform: a unit pays for 250 bytes. */
const chunk = 1024;

function firstDifference(bytes: Uint8Array, left: number, right: number, length: number): number {
  let at = 0;
  while (at + chunk <= length && isSame(bytes, left + at, right + at)) at += chunk;
  while (at < length && bytes[left + at] === bytes[right + at]) at++;
  return at;
}

function isSame(bytes: Uint8Array, left: number, right: number): boolean {
  return Buffer.compare(bytes.subarray(left, left + chunk), bytes.subarray(right, right + chunk)) === 0;
}

function consumeFor(machine: ProgramMachine, length: number): void {
  consume(machine, Math.max(memoryBaseCost, Math.floor(length / bytesPerUnit)));
}

function move(machine: ProgramMachine, length: number): void {
  const destination = translateSlice(machine, pointer(machine, 1), length, "store");
  const source = translateSlice(machine, pointer(machine, 2), length, "load");
  machine.memory.bytes.copyWithin(destination.offset, source.offset, source.offset + length);
  answer(machine, 0);
}
