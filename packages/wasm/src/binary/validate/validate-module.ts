/** The rules that a decoded module, or one that a middleware made, must keep: the specification's, and Stylus' on top. */
import { quoteName, WasmFaultError, type WasmFault } from "../wasm-fault.ts";
import type { Export, Limits, WasmModule } from "../wasm-module.ts";
import type { WasmRules } from "../wasm-rules.ts";
import { createBodyValidator } from "./body-validator.ts";
import { checkNames } from "./names.ts";

/** What validation answers. */
export type Validation =
  | { readonly kind: "valid" }
  /** `instruction`, where one breaks the rule, is its index in the module's stream. */
  | { readonly kind: "invalid"; readonly fault: WasmFault; readonly instruction: number | undefined };

/** Pages of 64 KiB in the address space. */
const maxPages = 65_536;
/** Validates a module, in time linear to its size. Never throws for a module whose arrays fit together as the decoder's do. */
export function validateModule(module: WasmModule, rules: WasmRules): Validation {
  try {
    checkModule(module, rules);
    return { kind: "valid" };
  } catch (error) {
    if (error instanceof WasmFaultError) return { kind: "invalid", fault: error.fault, instruction: error.instruction };
    throw error;
  }
}

function checkModule(module: WasmModule, rules: WasmRules): void {
  const { types, imports, functions, table, memory, bodies } = module;
  for (const [i, { results }] of types.entries()) {
    if (!rules.multiValue && results.length > 1) {
      throw new WasmFaultError("notSupported", `type ${i}: expected at most one result, got ${results.length} (multi-value)`);
    }
  }
  for (const { module: from, name, type } of imports) {
    if (type >= types.length) throw unknownIndex(`import ${quoteName(from)}.${quoteName(name)}`, "type", type, types.length);
  }
  for (const [i, type] of functions.entries()) {
    if (type >= types.length) throw unknownIndex(`function ${imports.length + i}`, "type", type, types.length);
  }
  const functionCount = imports.length + functions.length;
  if (functionCount === 0) throw new WasmFaultError("stylusRule", "expected a module with a function, got none");
  if (bodies.length !== functions.length) {
    throw new WasmFaultError("badSection", `expected ${functions.length} bodies, got ${bodies.length}`);
  }
  if (table !== undefined) checkTable(table, rules);
  if (memory !== undefined) checkLimits("memory", memory, maxPages);
  checkExports(module, functionCount);
  checkStart(module, functionCount);
  checkSegments(module, functionCount);
  checkNames(module);

  const validateBody = createBodyValidator(module, rules);
  for (const i of bodies.keys()) validateBody(i);
}

function checkTable(table: Limits, { limits }: WasmRules): void {
  checkLimits("table", table, 0xffff_ffff);
  if (table.min > limits.tableEntries) {
    throw new WasmFaultError("limitExceeded", `table: expected at most ${limits.tableEntries} entries, got ${table.min}`);
  }
}

function checkLimits(what: string, { min, max }: Limits, most: number): void {
  if (Math.max(min, max ?? min) > most) {
    throw new WasmFaultError("badLimits", `${what}: expected a size of at most ${most}, got ${min} to ${max ?? "any"}`);
  }
  if (max !== undefined && min > max)
    throw new WasmFaultError("badLimits", `${what}: expected at least ${min} as the largest size, got ${max}`);
}

function checkExports({ exports, table, memory, globals }: WasmModule, functionCount: number): void {
  const counts: Record<Export["kind"], number> = {
    function: functionCount,
    table: table === undefined ? 0 : 1,
    memory: memory === undefined ? 0 : 1,
    global: globals.length,
  };
  const names = new Set<string>();
  for (const { name, kind, index } of exports) {
    if (index >= counts[kind]) throw unknownIndex(`export ${quoteName(name)}`, kind, index, counts[kind]);
    if (names.has(name)) throw new WasmFaultError("duplicateExport", `expected each export once, got ${quoteName(name)} twice`);
    names.add(name);
  }
}

function checkStart(module: WasmModule, functionCount: number): void {
  const { start, imports, functions, types } = module;
  if (start === undefined) return;
  if (start >= functionCount) throw unknownIndex("start", "function", start, functionCount);
  const type = types[imports[start]?.type ?? functions[start - imports.length] ?? 0];
  if (type === undefined || type.params.length > 0 || type.results.length > 0) {
    throw new WasmFaultError("typeMismatch", `expected a start function without parameters and results, got function ${start}`);
  }
}

/** Nitro fills memory and table when it activates: a segment beyond the size at the start fails there (crates/prover/src/machine.rs). */
function checkSegments({ elements, data, table, memory }: WasmModule, functionCount: number): void {
  for (const [i, { mode, offset, functions }] of elements.entries()) {
    for (const index of functions) {
      if (index >= functionCount) throw unknownIndex(`element segment ${i}`, "function", index, functionCount);
    }
    if (mode !== "active") continue;
    if (table === undefined) throw new WasmFaultError("unknownIndex", `element segment ${i}: expected a table, got a module without`);
    if (offset + functions.length > table.min) {
      throw new WasmFaultError(
        "stylusRule",
        `element segment ${i}: expected an end within ${table.min} entries, got ${offset + functions.length}`,
      );
    }
  }
  for (const [i, { mode, offset, bytes }] of data.entries()) {
    if (mode !== "active") continue;
    if (memory === undefined) throw new WasmFaultError("unknownIndex", `data segment ${i}: expected a memory, got a module without`);
    if (offset + bytes.length > memory.min * 65_536) {
      throw new WasmFaultError(
        "stylusRule",
        `data segment ${i}: expected an end within ${memory.min} pages, got byte ${offset + bytes.length}`,
      );
    }
  }
}

function unknownIndex(where: string, what: string, index: number, count: number): WasmFaultError {
  return new WasmFaultError("unknownIndex", `${where}: expected a ${what} below ${count}, got ${index}`);
}
