/** The instructions that the middlewares write around the program's own. */
import { pushInstruction, type InstructionBuffer } from "../binary/instruction-buffer.ts";
import { emptyBlock, opcode } from "../binary/opcodes.ts";

/** Indices of the middlewares' globals. */
export interface MeterGlobals {
  readonly inkLeft: number;
  readonly inkStatus: number;
  readonly scratch: number;
  readonly stackLeft: number;
}

/** Values that a block's header has on the stack at most, on top of the program's. */
export const headerValues = 2;
/** Values that the price of a bulk instruction has on the stack at most, on top of what lies below the length. */
export const bulkValues = 4;

/** The meter, before a block: trap unless its price is left, and pay. Answers where it stands, for `fillBlockHeader`. */
export function writeBlockHeader(output: InstructionBuffer, { inkLeft, inkStatus }: MeterGlobals): number {
  const at = output.length;
  pushInstruction(output, opcode["global.get"], inkLeft, 0);
  pushInstruction(output, opcode["i64.const"], 0, 0);
  pushInstruction(output, opcode["i64.lt_u"], 0, 0);
  writeExhausted(output, inkStatus);
  pushInstruction(output, opcode["global.get"], inkLeft, 0);
  pushInstruction(output, opcode["i64.const"], 0, 0);
  pushInstruction(output, opcode["i64.sub"], 0, 0);
  pushInstruction(output, opcode["global.set"], inkLeft, 0);
  return at;
}

/** Writes a block's price into its header; what is not finite stands as 2^64 - 1. */
export function fillBlockHeader(output: InstructionBuffer, at: number, price: number): void {
  const low = Number.isFinite(price) ? price | 0 : -1;
  const high = Number.isFinite(price) ? Math.floor(price / 2 ** 32) | 0 : -1;
  for (const constant of [at + 1, at + 9]) {
    output.first[constant] = low;
    output.second[constant] = high;
  }
}

/** The dynamic meter, before `memory.copy` and `memory.fill`: pay for each byte of the length on top of the stack. */
export function writeBulkPrice(output: InstructionBuffer, { inkLeft, inkStatus, scratch }: MeterGlobals, inkPerByte: number): void {
  pushInstruction(output, opcode["global.set"], scratch, 0);
  pushInstruction(output, opcode["global.get"], inkLeft, 0);
  pushInstruction(output, opcode["global.get"], inkLeft, 0);
  pushInstruction(output, opcode["global.get"], scratch, 0);
  pushInstruction(output, opcode["i64.extend_i32_u"], 0, 0);
  pushInstruction(output, opcode["i64.const"], inkPerByte, 0);
  pushInstruction(output, opcode["i64.mul"], 0, 0);
  pushInstruction(output, opcode["i64.sub"], 0, 0);
  pushInstruction(output, opcode["global.set"], inkLeft, 0);
  pushInstruction(output, opcode["global.get"], inkLeft, 0);
  pushInstruction(output, opcode["i64.lt_u"], 0, 0);
  writeExhausted(output, inkStatus);
  pushInstruction(output, opcode["global.get"], scratch, 0);
}

/** The depth checker, at the start of a body: trap unless more than its frame is left, and take it. For `fillFrame`, it stands at the body's start. */
export function writePrologue(output: InstructionBuffer, stackLeft: number): void {
  pushInstruction(output, opcode["global.get"], stackLeft, 0);
  pushInstruction(output, opcode["i32.const"], 0, 0);
  pushInstruction(output, opcode["i32.le_u"], 0, 0);
  pushInstruction(output, opcode.if, emptyBlock, 0);
  pushInstruction(output, opcode["i32.const"], 0, 0);
  pushInstruction(output, opcode["global.set"], stackLeft, 0);
  pushInstruction(output, opcode.unreachable, 0, 0);
  pushInstruction(output, opcode.end, 0, 0);
  pushInstruction(output, opcode["global.get"], stackLeft, 0);
  pushInstruction(output, opcode["i32.const"], 0, 0);
  pushInstruction(output, opcode["i32.sub"], 0, 0);
  pushInstruction(output, opcode["global.set"], stackLeft, 0);
}

/** The depth checker, before a `return`: give the frame back. Answers where it stands, for `fillFrame`. */
export function writeReclaim(output: InstructionBuffer, stackLeft: number): number {
  const at = output.length;
  pushInstruction(output, opcode["global.get"], stackLeft, 0);
  pushInstruction(output, opcode["i32.const"], 0, 0);
  pushInstruction(output, opcode["i32.add"], 0, 0);
  pushInstruction(output, opcode["global.set"], stackLeft, 0);
  return at;
}

/** Writes a frame's words into the body's prologue and into every place that gives the frame back. */
export function fillFrame(output: InstructionBuffer, prologueAt: number, reclaimsAt: readonly number[], words: number): void {
  output.first[prologueAt + 1] = words;
  output.first[prologueAt + 9] = words;
  for (const at of reclaimsAt) output.first[at + 1] = words;
}

/** The heap bound, before `memory.grow`: have the pages on top of the stack paid. */
export function writeHeapBound(output: InstructionBuffer, scratch: number, payFunction: number): void {
  pushInstruction(output, opcode["global.set"], scratch, 0);
  pushInstruction(output, opcode["global.get"], scratch, 0);
  pushInstruction(output, opcode["global.get"], scratch, 0);
  pushInstruction(output, opcode.call, payFunction, 0);
}

function writeExhausted(output: InstructionBuffer, inkStatus: number): void {
  pushInstruction(output, opcode.if, emptyBlock, 0);
  pushInstruction(output, opcode["i32.const"], 1, 0);
  pushInstruction(output, opcode["global.set"], inkStatus, 0);
  pushInstruction(output, opcode.unreachable, 0, 0);
  pushInstruction(output, opcode.end, 0, 0);
}
