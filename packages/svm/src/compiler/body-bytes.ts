/** Small functions written byte by byte: what their bodies are made of. */
import { importNames, meterOffset, type ImportName } from "./control-page.ts";
import type { ModuleParts } from "./module-parts.ts";
import { valueType, wasm } from "./wasm-codes.ts";

const { i32, i64 } = valueType;

/** Address 0: what is at a fixed place is addressed by the offset of the instruction. */
export const zero: readonly number[] = [wasm.i32Const, 0];

/** Writes a function whose body is given as bytes. It has an i32 local after its parameters if they end with an i32, else an i64. */
export function defineFunction(
  parts: ModuleParts,
  parameters: readonly number[],
  results: readonly number[],
  body: readonly number[],
): number {
  const index = parts.beginFunction(parts.typeIndex(parameters, results));
  const { code } = parts;
  code.byte(1);
  code.byte(2);
  code.byte(parameters.at(-1) === i32 ? i32 : i64);
  for (const byte of body) code.byte(byte);
  code.byte(wasm.end);
  parts.endFunction();
  return index;
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
