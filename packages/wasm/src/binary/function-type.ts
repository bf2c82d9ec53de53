/** Types of functions: to compare, and to show. */
import { equalBytes } from "@trireme/core";
import { valueType } from "./opcodes.ts";
import { WasmFaultError, type WasmFaultCode } from "./wasm-fault.ts";
import type { FunctionType } from "./wasm-module.ts";

/** Whether two types have the same parameters and results. */
export function isSameType(a: FunctionType, b: FunctionType): boolean {
  return equalBytes(a.params, b.params) && equalBytes(a.results, b.results);
}

/** Checks that a function has a type. @throws WasmFaultError with this code where it has another, or none */
export function checkFunctionType(where: string, type: FunctionType | undefined, expected: FunctionType, code: WasmFaultCode): void {
  if (type !== undefined && isSameType(type, expected)) return;
  throw new WasmFaultError(code, `${where}: expected the type ${typeText(expected)}, got ${type === undefined ? "none" : typeText(type)}`);
}

function typeText({ params, results }: FunctionType): string {
  const names = (types: Uint8Array): string => Array.from(types, (type) => typeNames.get(type) ?? "?").join(" ");
  return `(${names(params)}) -> (${names(results)})`;
}

const typeNames = new Map(Object.entries(valueType).map(([name, byte]) => [byte, name]));
