/** What activating costs, and what it predicts that the program will cost (nitro, crates/prover/src/{binary,programs/mod}.rs). Every term is rounded down. */
import { WasmFaultError } from "../binary/wasm-fault.ts";
import type { EncodedSizes } from "../binary/decode/decode-module.ts";
import type { WasmModule } from "../binary/wasm-module.ts";
import type { InstrumentedModule } from "../instrument/instrument-result.ts";

/** Gas that every activation burns, whatever comes of it. */
export const activationFixedGas = 1_659_168;

/** Gas of a microsecond of activation. */
const gasPerMicrosecond = 28;

/** Gas for parsing and instrumenting a module, by its sizes. */
export function activationGas(module: WasmModule, sizes: EncodedSizes, { instructions }: InstrumentedModule): number {
  let dataBytes = 0;
  for (const { bytes } of module.data) dataBytes += bytes.length;
  const microseconds =
    part(sizes.module, 31_733, 100_000) +
    part(module.functions.length, 17_263, 100_000) +
    part(dataBytes, 17_376, 100_000) +
    part(sizes.elementSegments, 17_376, 100_000) +
    (module.memory?.min ?? 0) * 2217 +
    part(instructions, 535, 1000);
  return microseconds * gasPerMicrosecond;
}

/** Predictions of what starting and keeping a program will cost. */
export interface ProgramCosts {
  readonly initCost: number;
  readonly cachedCost: number;
  readonly asmEstimate: number;
}

/** Predicts a program's costs. @throws WasmFaultError where one does not fit its field */
export function programCosts(
  module: WasmModule,
  sizes: EncodedSizes,
  { globals }: InstrumentedModule,
  stylusVersion: number,
): ProgramCosts {
  const functions = module.functions.length;
  let typeLength = 0;
  for (const index of module.functions) {
    const type = module.types[index];
    typeLength += (type?.params.length ?? 0) + (type?.results.length ?? 0);
  }
  const cachedCost =
    part(functions, 13_420, 100_000) +
    part(typeLength, 89, 100_000) +
    part(sizes.module, 122, 100_000) +
    part(globals, 1628, 1000) +
    part(sizes.dataSegments + sizes.elementSegments, 75_244, 100_000) +
    (module.memory?.min ?? 0) * 5;
  const initCost =
    // In version 1 the cost of a cached program was part of this one; since 2 both are charged.
    (stylusVersion === 1 ? cachedCost : 0) + part(functions, 8252, 1000) + part(typeLength, 1059, 1000) + part(sizes.module, 1286, 10_000);
  const asmEstimate = 512_000 + part(functions, 996_829, 1000) + part(typeLength, 11_416, 1000) + part(sizes.module, 62_628, 10_000);
  checkWidth("cost of a start", initCost, 0xffff);
  checkWidth("cost of a cached start", cachedCost, 0xffff);
  checkWidth("predicted size", asmEstimate, 0xffff_ffff);
  return { initCost, cachedCost, asmEstimate };
}

function part(count: number, numerator: number, denominator: number): number {
  return Math.floor((count * numerator) / denominator);
}

function checkWidth(what: string, value: number, most: number): void {
  if (value > most) throw new WasmFaultError("limitExceeded", `expected a ${what} of at most ${most}, got ${value}`);
}
