/** What a chain can set about Stylus programs (nitro, arbos/programs/params.go), and the defaults of an Arbitrum chain. */
import { TriremeError } from "@trireme/core";
import type { ArbosVersion } from "../binary/wasm-rules.ts";

/** The chain's parameters; all are whole numbers. */
export interface StylusParameters {
  readonly arbosVersion: ArbosVersion;
  /** Programs that were activated under another one must be activated anew. */
  readonly stylusVersion: number;
  /** Ink per gas. */
  readonly inkPrice: number;
  /** Words that the frames of one program may take together. */
  readonly maxStackDepth: number;
  /** Pages of 64 KiB that a transaction opens for nothing. */
  readonly freePages: number;
  /** Gas per page beyond them, while it is open. */
  readonly pageGas: number;
  /** The growth of the exponential part of a page's price; the table of `memory-pages.ts` holds its effect, as nitro's does. */
  readonly pageRamp: number;
  /** Pages that may be open at one time. */
  readonly pageLimit: number;
  /** The least gas to start a program, in units of 128. */
  readonly minInitGas: number;
  /** The least gas to start a cached program, in units of 32. */
  readonly minCachedInitGas: number;
  /** Per cent of the predicted cost to start, in units of 2. */
  readonly initCostScalar: number;
  /** Per cent of the predicted cost to start a cached program, in units of 2. */
  readonly cachedCostScalar: number;
  /** Days after which a program must be activated anew. */
  readonly expiryDays: number;
  /** Days after which a program's life can be extended. */
  readonly keepaliveDays: number;
  /** Programs that a block remembers, which count as cached. */
  readonly blockCacheSize: number;
  /** Bytes of a program after decompression. */
  readonly maxWasmSize: number;
  /** Fragments of one program (ArbOS 60). */
  readonly maxFragmentCount: number;
  /** Gas that an activation burns before everything else (ArbOS 60). */
  readonly activationGas: number;
}

/** Stylus version 2 on ArbOS 60. */
export const defaultStylusParameters: StylusParameters = {
  arbosVersion: 60,
  stylusVersion: 2,
  inkPrice: 10_000,
  maxStackDepth: 22_000,
  freePages: 2,
  pageGas: 1000,
  pageRamp: 620_674_314,
  pageLimit: 128,
  minInitGas: 69,
  minCachedInitGas: 11,
  initCostScalar: 50,
  cachedCostScalar: 50,
  expiryDays: 365,
  keepaliveDays: 31,
  blockCacheSize: 32,
  maxWasmSize: 131_072,
  maxFragmentCount: 2,
  activationGas: 0,
};

/** The largest value of each parameter: the width of its field in nitro. */
const largest: Readonly<Record<Exclude<keyof StylusParameters, "arbosVersion">, number>> = {
  stylusVersion: 0xffff,
  inkPrice: 0xff_ffff,
  maxStackDepth: 0xffff_ffff,
  freePages: 0xffff,
  pageGas: 0xffff,
  pageRamp: Number.MAX_SAFE_INTEGER,
  pageLimit: 0xffff,
  minInitGas: 0xff,
  minCachedInitGas: 0xff,
  initCostScalar: 0xff,
  cachedCostScalar: 0xff,
  expiryDays: 0xffff,
  keepaliveDays: 0xffff,
  blockCacheSize: 0xffff,
  maxWasmSize: 0xffff_ffff,
  maxFragmentCount: 0xff,
  activationGas: Number.MAX_SAFE_INTEGER,
};

/**
 * The defaults with some of them replaced.
 * @throws TriremeError `INVALID_CONFIGURATION` for a value that does not fit its field, and for an ink price of 0.
 */
export function createStylusParameters(changes: Partial<StylusParameters> = {}): StylusParameters {
  const parameters = { ...defaultStylusParameters, ...changes };
  if (parameters.arbosVersion !== 51 && parameters.arbosVersion !== 60) {
    throw new TriremeError("INVALID_CONFIGURATION", `expected ArbOS version 51 or 60, got ${String(parameters.arbosVersion)}`);
  }
  for (const [name, most] of Object.entries(largest) as [keyof typeof largest, number][]) {
    const value = parameters[name];
    const least = name === "inkPrice" ? 1 : 0;
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new TriremeError("INVALID_CONFIGURATION", `expected ${name} to be an integer from ${least} to ${most}, got ${value}`);
    }
  }
  return parameters;
}
