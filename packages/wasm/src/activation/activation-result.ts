/** What activating takes and gives. */
import type { Hash } from "@trireme/core";
import type { WasmFault } from "../binary/wasm-fault.ts";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";

/** Under which rules a program is activated. */
export interface ActivationOptions {
  readonly parameters: StylusParameters;
  /** keccak256 of the account's code, prefix and compression included. */
  readonly codeHash: Hash;
  /** A debug chain accepts the modules `console` and `debug`, and a start function. */
  readonly isDebug: boolean;
  /** Pages that the program may have at the start: the limit without what is open. The page limit by default. */
  readonly pageBudget?: number;
}

/** A program that can run, or why not: the activation then takes all gas. */
export type ActivationResult = ActivatedProgram | { readonly kind: "invalid"; readonly fault: WasmFault };

/** An activated program. */
export interface ActivatedProgram {
  readonly kind: "activated";
  /** Names the program as it runs; see `moduleHashOf`. */
  readonly moduleHash: Hash;
  /** The instrumented module, encoded. */
  readonly bytes: Uint8Array;
  /** Pages of memory at the start. */
  readonly footprint: number;
  /** Predicted gas to start it (u16). */
  readonly initCost: number;
  /** Predicted gas to start it where it is cached (u16). */
  readonly cachedCost: number;
  /** Predicted bytes of the compiled program (u32). */
  readonly asmEstimate: number;
  /** Gas for parsing and instrumenting, beside the fixed 1,659,168 (`activationFixedGas`). */
  readonly activationGas: number;
}
