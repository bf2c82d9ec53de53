/**
 * Meters: gas (EVM) is the common unit, ink (WASM) is gas x 10,000, compute units (SVM) per gas are chain
 * configuration. Budgets convert down into the callee's unit; what was used converts up on the way back, so a round
 * trip never gains (rule 12 of docs/spec/cross-vm.md).
 */
import type { Brand } from "./brand.ts";
import { TriremeError } from "./errors.ts";

/** EVM gas, the unit in which every transaction is paid. */
export type Gas = Brand<bigint, "Gas">;
/** Stylus ink, 1/10,000 of a gas. */
export type Ink = Brand<bigint, "Ink">;
/** Solana compute units. */
export type ComputeUnits = Brand<bigint, "ComputeUnits">;
/** 10^-9 SOL; one lamport is 10^9 wei of the shared balance. */
export type Lamports = Brand<bigint, "Lamports">;

/** Ink per gas, Stylus' default ink price. */
export const inkPerGas = 10_000n;
/** Wei per lamport: wei have 18 decimals, lamports 9. */
export const weiPerLamport = 1_000_000_000n;
const MAX_U64 = (1n << 64n) - 1n;

/** A rate between gas and another unit: `units` of it per `gas` gas, both positive. */
export interface MeterRate {
  readonly units: bigint;
  readonly gas: bigint;
}

/** @throws TriremeError `INVALID_CONFIGURATION` unless both sides are positive. */
export function createMeterRate(units: bigint, gas: bigint): MeterRate {
  if (units <= 0n || gas <= 0n) {
    throw new TriremeError("INVALID_CONFIGURATION", `expected a meter rate of positive integers, got ${units} units per ${gas} gas`);
  }
  return { units, gas };
}

/** Budget conversion: gas to the callee's unit, rounded down against the callee. */
export function budgetFromGas(gas: bigint, rate: MeterRate): bigint {
  return (gas * rate.units) / rate.gas;
}

/** Cost conversion: used units to gas, rounded up against the caller. */
export function gasFromUsed(used: bigint, rate: MeterRate): bigint {
  return (used * rate.gas + rate.units - 1n) / rate.units;
}

/** What comes back of `given` gas after `used` units: `given - min(given, ceil(used))`, never a converted remainder. */
export function gasReturned(given: bigint, used: bigint, rate: MeterRate): bigint {
  const cost = gasFromUsed(used, rate);
  return cost >= given ? 0n : given - cost;
}

/** Budget in a unit that is coarser or finer than gas, when the caller counts in `units` and the callee in gas: rounded down. */
export function gasBudgetFromUnits(units: bigint, rate: MeterRate): bigint {
  return (units * rate.gas) / rate.units;
}

/** What comes back of `given` units after `used` gas, rounded up against the caller. */
export function unitsReturned(given: bigint, used: bigint, rate: MeterRate): bigint {
  const cost = (used * rate.units + rate.gas - 1n) / rate.gas;
  return cost >= given ? 0n : given - cost;
}

/** The ink meter's rate. */
export const inkRate: MeterRate = { units: inkPerGas, gas: 1n };

/**
 * The lamports that a balance reads as: floor(wei / 10^9).
 * @throws TriremeError `LAMPORTS_OVERFLOW` when they do not fit u64: the SVM read halts, it never wraps.
 */
export function lamportsFromWei(wei: bigint): Lamports {
  const lamports = wei / weiPerLamport;
  if (lamports > MAX_U64) throw new TriremeError("LAMPORTS_OVERFLOW", `expected a balance of at most 2^64 - 1 lamports, got ${lamports}`);
  return lamports as Lamports;
}

/** The balance after lamports are written back: the remainder below one lamport of `previousWei` is kept. */
export function weiFromLamports(lamports: bigint, previousWei: bigint): bigint {
  return lamports * weiPerLamport + (previousWei % weiPerLamport);
}
