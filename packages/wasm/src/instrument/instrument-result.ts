/** What instrumenting takes and gives. */
import type { WasmFault } from "../binary/wasm-fault.ts";
import type { WasmModule } from "../binary/wasm-module.ts";
import type { OpcodePrices } from "../pricing/opcode-prices.ts";

/** How a module is instrumented. */
export interface InstrumentOptions {
  /** A debug chain moves a start function to the export `stylus_start`; others refuse it. */
  readonly isDebug: boolean;
  /** Stylus' prices by default. */
  readonly prices?: OpcodePrices;
}

/** A module with its meters, or why it cannot have them. */
export type InstrumentResult = InstrumentedModule | { readonly kind: "invalid"; readonly fault: WasmFault };

/** The module after Stylus' five middlewares. */
export interface InstrumentedModule {
  readonly kind: "instrumented";
  /**
   * Runs on any engine. Behind the user's globals: ink left (i64), ink status (i32), scratch (i32), stack left (i32).
   * Behind the user's functions: the ones that `hostExport` names.
   */
  readonly module: WasmModule;
  /** Instructions of the user's functions, the middlewares' included: activation is priced by them. */
  readonly instructions: number;
  /** Globals, the four of the middlewares included. */
  readonly globals: number;
  /** Words that each of the user's functions takes on the stack. */
  readonly frames: Uint32Array;
}
