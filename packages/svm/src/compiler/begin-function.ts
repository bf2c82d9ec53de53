/** Locals of the functions that instructions are compiled into. */
import { framePointer, notFrame, type FunctionCode } from "./function-code.ts";
import type { ModuleParts } from "./module-parts.ts";
import type { ProgramText } from "./program-text.ts";
import { valueType } from "./wasm-codes.ts";

const { i32, i64 } = valueType;

/** Types of the arguments of a function that takes these registers: its frame, the units left, r10 where it moves, the registers. */
export function parameterTypes(program: ProgramText, registers: number): number[] {
  return [i32, ...Array<number>((program.movesFrame ? 2 : 1) + bitCount(registers)).fill(i64)];
}

/** Types of what it gives: the units left, then registers. */
export function resultTypes(registers: number): number[] {
  return Array<number>(1 + bitCount(registers)).fill(i64);
}

export function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Begins a function with these parameters, then `extra` parameters of type i32. */
export function beginFunction(
  parts: ModuleParts,
  program: ProgramText,
  registers: { readonly parameters: number; readonly results: number },
  extra = 0,
): FunctionCode {
  const types = [...parameterTypes(program, registers.parameters), ...Array<number>(extra).fill(i32)];
  parts.beginFunction(parts.typeIndex(types, resultTypes(registers.results)));
  const locals = new Uint8Array(framePointer + 1);
  let next = 2;
  if (program.movesFrame) locals[framePointer] = next++;
  for (let register = 0; register < framePointer; register++) {
    if ((registers.parameters & (1 << register)) !== 0) locals[register] = next++;
  }
  next += extra;
  let wide = 1;
  for (let register = 0; register < framePointer; register++) {
    if ((registers.parameters & (1 << register)) !== 0) continue;
    locals[register] = next++;
    wide++;
  }
  const out = parts.code;
  for (const byte of [2, wide, i64, 2, i32]) out.byte(byte);
  return {
    out,
    program,
    parts,
    locals,
    scratch: next,
    scratchIndex: next + 1,
    label: next + 2,
    isHot: false,
    fromFrame: new Int32Array(framePointer + 1).fill(notFrame),
  };
}
