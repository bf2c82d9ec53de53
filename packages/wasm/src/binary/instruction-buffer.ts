/** A stream of instructions that grows: what the decoder and every middleware write into. */
import type { InstructionStream } from "./wasm-module.ts";

/** The columns of `InstructionStream` with room behind `length`. */
export interface InstructionBuffer {
  opcodes: Uint16Array;
  first: Int32Array;
  second: Int32Array;
  /** Instructions written. */
  length: number;
}

/** An empty buffer with room for `capacity` instructions; it grows beyond by itself. */
export function createInstructionBuffer(capacity: number): InstructionBuffer {
  const room = Math.max(16, capacity);
  return { opcodes: new Uint16Array(room), first: new Int32Array(room), second: new Int32Array(room), length: 0 };
}

/** Writes one instruction at the end. */
export function pushInstruction(buffer: InstructionBuffer, opcode: number, first: number, second: number): void {
  if (buffer.length === buffer.opcodes.length) grow(buffer, 1);
  const at = buffer.length++;
  buffer.opcodes[at] = opcode;
  buffer.first[at] = first;
  buffer.second[at] = second;
}

/** Writes the instructions from `start` to before `end` of a stream at the end. A `br_table` among them keeps its place in that stream's `targets`. */
export function copyInstructions(buffer: InstructionBuffer, stream: Omit<InstructionStream, "targets">, start: number, end: number): void {
  const count = end - start;
  if (buffer.length + count > buffer.opcodes.length) grow(buffer, count);
  buffer.opcodes.set(stream.opcodes.subarray(start, end), buffer.length);
  buffer.first.set(stream.first.subarray(start, end), buffer.length);
  buffer.second.set(stream.second.subarray(start, end), buffer.length);
  buffer.length += count;
}

/** What was written, as a stream of its own with exactly its length, and these depths of `br_table`s. */
export function streamFromBuffer(buffer: InstructionBuffer, targets: Uint32Array): InstructionStream {
  return {
    opcodes: buffer.opcodes.slice(0, buffer.length),
    first: buffer.first.slice(0, buffer.length),
    second: buffer.second.slice(0, buffer.length),
    targets,
  };
}

function grow(buffer: InstructionBuffer, count: number): void {
  const room = Math.max(buffer.length + count, buffer.opcodes.length * 2);
  const opcodes = new Uint16Array(room);
  const first = new Int32Array(room);
  const second = new Int32Array(room);
  opcodes.set(buffer.opcodes.subarray(0, buffer.length));
  first.set(buffer.first.subarray(0, buffer.length));
  second.set(buffer.second.subarray(0, buffer.length));
  buffer.opcodes = opcodes;
  buffer.first = first;
  buffer.second = second;
}
