/** What a program must keep beside WebAssembly's rules and the middlewares': imports, entry point, limits (nitro, crates/prover/src/binary.rs `parse_user`). */
import type { EncodedSizes } from "../binary/decode/decode-module.ts";
import { checkFunctionType } from "../binary/function-type.ts";
import { valueType } from "../binary/opcodes.ts";
import { WasmFaultError } from "../binary/wasm-fault.ts";
import type { FunctionType, WasmModule } from "../binary/wasm-module.ts";
import type { InstrumentedModule } from "../instrument/instrument-result.ts";
import { importableType } from "./hostio-signatures.ts";
import { moduleNameLength } from "./module-name.ts";

const mostExports = 1024;
const mostGlobals = 32_768;
const mostTableEntries = 4096;
/** Of the element segments as they are encoded, all together. */
const mostElementBytes = 4096;
const longestName = 512;

/** Exports of the middlewares' four globals, which nitro counts; the host's functions it does not have. */
const meterExports = 4;

/** Checks a valid module and what instrumenting made of it. @throws WasmFaultError for a rule that it breaks */
export function checkProgram(
  module: WasmModule,
  sizes: EncodedSizes,
  instrumented: InstrumentedModule,
  { isDebug, pageBudget }: { readonly isDebug: boolean; readonly pageBudget: number },
): void {
  for (const { module: from, name, type } of module.imports) {
    const expected = importableType(from, name, isDebug);
    if (expected === undefined)
      throw new WasmFaultError("stylusRule", `import ${from}.${name}: expected a function that programs can import`);
    checkFunctionType(`import ${from}.${name}`, module.types[type], expected, "stylusRule");
  }
  checkEntrypoint(module);
  checkMost("pages of memory at the start", pageBudget, module.memory?.min ?? 0);
  checkMost("globals, the middlewares' included", mostGlobals, instrumented.globals);
  checkMost("entries in the table", mostTableEntries, module.table?.min ?? 0);
  checkMost("bytes of element segments", mostElementBytes, sizes.elementSegments);
  checkMost("bytes of the module's name", longestName, moduleNameLength(module));
  // What is not kept is not counted; a debug chain keeps everything.
  const exports = isDebug ? module.exports : [];
  checkMost("exports", mostExports, exports.length + (module.start === undefined ? 0 : 1) + meterExports);
  for (const { name } of exports) checkMost("bytes of an export's name", longestName, Buffer.byteLength(name));
}

function checkEntrypoint({ exports, imports, functions, types }: WasmModule): void {
  const entry = exports.find(({ name }) => name === "user_entrypoint");
  if (entry?.kind !== "function") {
    throw new WasmFaultError(
      "stylusRule",
      `expected the export user_entrypoint to be a function, got ${entry === undefined ? "none" : `a ${entry.kind}`}`,
    );
  }
  const type = imports[entry.index]?.type ?? functions[entry.index - imports.length] ?? -1;
  checkFunctionType("export user_entrypoint", types[type], entrypointType, "stylusRule");
}

const entrypointType: FunctionType = { params: Uint8Array.of(valueType.i32), results: Uint8Array.of(valueType.i32) };

function checkMost(what: string, most: number, count: number): void {
  if (count > most) throw new WasmFaultError("limitExceeded", `expected at most ${most} ${what}, got ${count}`);
}
