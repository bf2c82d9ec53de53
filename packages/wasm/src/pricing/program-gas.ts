/** What starting and leaving a program costs, in gas (nitro, arbos/programs/programs.go). */
import type { StylusParameters } from "./stylus-parameters.ts";

/** Gas of one unit of `minInitGas`. */
const initUnit = 128;
/** Gas of one unit of `minCachedInitGas`. */
const cachedInitUnit = 32;
/** Per cent of one unit of the scalars. */
const scalarUnit = 2;

/** Gas to start a program, by the prediction in its record. */
export function initGas(initCost: number, parameters: StylusParameters): number {
  return parameters.minInitGas * initUnit + Math.ceil((initCost * parameters.initCostScalar * scalarUnit) / 100);
}

/** Gas to start a cached program, by the prediction in its record. */
export function cachedInitGas(cachedCost: number, parameters: StylusParameters): number {
  return parameters.minCachedInitGas * cachedInitUnit + Math.ceil((cachedCost * parameters.cachedCostScalar * scalarUnit) / 100);
}

/** Gas that a call burns before the program runs, without its memory: since version 2 one that is not cached pays for both. */
export function startGas(
  program: { readonly initCost: number; readonly cachedCost: number },
  cached: boolean,
  parameters: StylusParameters,
): number {
  const cachedGas = cachedInitGas(program.cachedCost, parameters);
  if (cached) return cachedGas;
  return initGas(program.initCost, parameters) + (parameters.stylusVersion > 1 ? cachedGas : 0);
}

/** The least gas of a frame that returns so many bytes: what the EVM's memory would have cost (ArbOS 31). */
export function returnDataGas(bytes: number): number {
  const words = Math.ceil(bytes / 32);
  return 3 * words + Math.floor((words * words) / 512);
}
