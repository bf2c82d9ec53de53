/** Small functions written byte by byte: what their bodies are made of. */
import { importNames, meterOffset, type ImportName } from "./control-page.ts";
import type { ModuleParts } from "./module-parts.ts";
import { valueType, wasm } from "./wasm-codes.ts";

const { i32, i64 } = valueType;

/** Address 0: what is at a fixed place is addressed by the offset of the instruction. */
export const zero: readonly number[] = [wasm.i32Const, 0];

/** Locals of such a function, after its parameters: so many i64, then so many i32. */
export interface SmallLocals {
  readonly wide?: number;
  readonly narrow?: number;
}

/** Writes a function whose body is given as bytes. */
export function defineFunction(
  parts: ModuleParts,
  parameters: readonly number[],
  results: readonly number[],
  body: readonly number[],
  { wide = 0, narrow = 0 }: SmallLocals = {},
): number {
  const index = parts.beginFunction(parts.typeIndex(parameters, results));
  const { code } = parts;
  for (const byte of [2, wide, i64, narrow, i32]) code.byte(byte);
  for (const byte of body) code.byte(byte);
  code.byte(wasm.end);
  parts.endFunction();
  return index;
}

/** One list of instructions after another. */
export function sequence(...lists: readonly (readonly number[])[]): number[] {
  return lists.flat();
}

export function get(local: number): number[] {
  return [wasm.localGet, local];
}

export function storeMeter(local: number): number[] {
  return [...zero, ...get(local), wasm.i64Store, 3, ...leb(meterOffset)];
}

export function callImport(name: ImportName): number[] {
  return [wasm.call, importIndex(name)];
}

export function importIndex(name: ImportName): number {
  return importNames.indexOf(name);
}

/** Unsigned LEB128. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

/** Signed LEB128 of a 32-bit number. */
export function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest & 127];
}

/** A constant of 64 bits, from a signed one of 32. */
export function wideConstant(value: number): number[] {
  return [wasm.i64Const, ...signedLeb(value)];
}

/** A constant of 32 bits. */
export function narrowConstant(value: number): number[] {
  return [wasm.i32Const, ...signedLeb(value)];
}
