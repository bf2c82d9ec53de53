/** Activation: bytes to a program with its meters, its costs and its name, or the rule that they break. */
import { concatBytes, keccak256, type Hash } from "@trireme/core";
import { encodeModule } from "../binary/encode/encode-module.ts";
import { parseModule } from "../binary/parse-module.ts";
import { WasmFaultError } from "../binary/wasm-fault.ts";
import { wasmRules } from "../binary/wasm-rules.ts";
import { instrument } from "../instrument/instrument.ts";
import { activationGas, programCosts } from "./activation-cost.ts";
import type { ActivationOptions, ActivationResult } from "./activation-result.ts";
import { checkProgram } from "./program-rules.ts";

/** Activates the WebAssembly of a program. Never throws for any bytes; takes time linear to them. */
export function activate(wasm: Uint8Array, options: ActivationOptions): ActivationResult {
  try {
    return activateProgram(wasm, options);
  } catch (error) {
    if (error instanceof WasmFaultError) return { kind: "invalid", fault: error.fault };
    throw error;
  }
}

function activateProgram(wasm: Uint8Array, { parameters, isDebug, codeHash, pageBudget }: ActivationOptions): ActivationResult {
  const { arbosVersion, maxWasmSize, pageLimit, stylusVersion } = parameters;
  const rules = wasmRules(arbosVersion);
  const parsed = parseModule(wasm, { ...rules, limits: { ...rules.limits, moduleBytes: maxWasmSize } });
  if (parsed.kind === "invalid") return parsed;
  const { module, sizes } = parsed;
  const instrumented = instrument(module, { isDebug });
  if (instrumented.kind === "invalid") return instrumented;
  checkProgram(module, sizes, instrumented, { isDebug, pageBudget: pageBudget ?? pageLimit });

  const bytes = encodeModule(instrumented.module);
  return {
    kind: "activated",
    moduleHash: moduleHashOf(bytes, codeHash, stylusVersion),
    bytes,
    footprint: module.memory?.min ?? 0,
    ...programCosts(module, sizes, instrumented, stylusVersion),
    activationGas: activationGas(module, sizes, instrumented),
  };
}

/**
 * Names a program as it runs: keccak256(instrumented bytes ‖ code hash ‖ Stylus version as u16, big-endian). The instrumented
 * bytes hold prices and frames; nitro's hash is the root of its prover's module instead, with the same two values in it.
 */
export function moduleHashOf(bytes: Uint8Array, codeHash: Hash, stylusVersion: number): Hash {
  return keccak256(concatBytes(bytes, codeHash, Uint8Array.of(stylusVersion >> 8, stylusVersion & 0xff))) as Hash;
}
