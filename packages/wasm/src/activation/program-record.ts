/** What the chain keeps about an activated program: one storage word per code hash (nitro, arbos/programs/programs.go). */
import { TriremeError } from "@trireme/core";

/** The record; a version of 0 is a program that was never activated. */
export interface ProgramRecord {
  /** The Stylus version at activation. */
  readonly version: number;
  /** Predicted gas to start it. */
  readonly initCost: number;
  /** Predicted gas to start it where it is cached. */
  readonly cachedCost: number;
  /** Pages of memory at the start. */
  readonly footprint: number;
  /** Hours since 2015-01-16 05:00 UTC (Unix time 1421388000). */
  readonly activatedAt: number;
  /** Predicted size of the compiled program in units of 1024 bytes. */
  readonly asmEstimateKb: number;
  /** True where the cache's keeper keeps it cached. */
  readonly cached: boolean;
}
