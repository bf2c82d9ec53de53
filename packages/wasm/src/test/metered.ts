/** Instruments test programs and runs them in V8. */
import { encodeModule } from "../binary/encode/encode-module.ts";
import { parseModule } from "../binary/parse-module.ts";
import { wasmRules } from "../binary/wasm-rules.ts";
import type { WasmModule } from "../binary/wasm-module.ts";
import type { InstrumentedExports } from "../instrument/host-exports.ts";
import { instrument } from "../instrument/instrument.ts";
import type { InstrumentedModule, InstrumentOptions } from "../instrument/instrument-result.ts";
import { bytesFromWat } from "./wat.ts";

/** Functions of any name beside those that every instrumented module has. */
export type MeteredExports = InstrumentedExports & Readonly<Record<string, (...args: readonly (number | bigint)[]) => number | bigint>>;

/** The module in text, decoded and validated. @throws Error where it is not valid */
export function moduleFromWat(text: string, arbosVersion: 51 | 60 = 60): WasmModule {
  const parsed = parseModule(bytesFromWat(text), wasmRules(arbosVersion));
  if (parsed.kind === "invalid") throw new Error(parsed.fault.message);
  return parsed.module;
}

/** The module with its meters. A debug chain's, unless told otherwise: all exports stay. @throws Error where it cannot have them */
export function instrumentedFromWat(text: string, options: InstrumentOptions = { isDebug: true }): InstrumentedModule {
  const result = instrument(moduleFromWat(text, 51), options);
  if (result.kind === "invalid") throw new Error(result.fault.message);
  return result;
}

/** The exports of an instance with ample ink and stack. */
export function startMetered(module: WasmModule, hooks: Readonly<Record<string, unknown>> = {}): MeteredExports {
  const exports = startPlain(module, hooks);
  exports.trireme_begin(ampleInk, ampleStack);
  return exports;
}

/** The exports of an instance of a module as it is; only those that it has are there. */
export function startPlain(module: WasmModule, hooks: Readonly<Record<string, unknown>> = {}): MeteredExports {
  return new WebAssembly.Instance(new WebAssembly.Module(encodeModule(module)), { vm_hooks: hooks }).exports as unknown as MeteredExports;
}

/** Ink that no test uses up. */
export const ampleInk = 1e15;
/** The stack of a chain's programs. */
export const ampleStack = 22_000;

/** The result of a call, or "trap". */
export function outcomeOf(call: () => unknown): unknown {
  try {
    return call();
  } catch {
    return "trap";
  }
}
