/** How old a program is, and what its age allows (nitro, arbos/programs/programs.go). Times are Unix seconds. */
import type { StylusParameters } from "../pricing/stylus-parameters.ts";
import type { ProgramRecord } from "./program-record.ts";

/** Where a record's hours begin: the day of Arbitrum's first block. */
export const arbitrumStart = 1_421_388_000;

const secondsPerHour = 3600;
const secondsPerDay = 86_400;
const mostHours = 0xff_ffff;

/** Whether a program runs, or the custom error of ArbWasm with its arguments. */
export type ProgramStatus =
  | { readonly kind: "active"; readonly ageSeconds: number }
  | { readonly kind: "notActivated" }
  | { readonly kind: "needsUpgrade"; readonly version: number; readonly stylusVersion: number }
  | { readonly kind: "expired"; readonly ageSeconds: number };

/** The hours that an activation at `time` puts into the record. */
export function hoursSinceArbitrum(time: number): number {
  return Math.min(mostHours, Math.floor(Math.max(0, time - arbitrumStart) / secondsPerHour));
}

/** Seconds since a record's hour. */
export function programAge(activatedAt: number, time: number): number {
  return Math.max(0, time - arbitrumStart - activatedAt * secondsPerHour);
}

/** Whether the program may be called at `time`. */
export function programStatus(record: ProgramRecord, time: number, parameters: StylusParameters): ProgramStatus {
  const { stylusVersion } = parameters;
  if (record.version === 0) return { kind: "notActivated" };
  if (record.version !== stylusVersion) return { kind: "needsUpgrade", version: record.version, stylusVersion };
  const ageSeconds = programAge(record.activatedAt, time);
  return isExpired(ageSeconds, parameters) ? { kind: "expired", ageSeconds } : { kind: "active", ageSeconds };
}

/** True where an activation would change nothing: the program is of the chain's version and has not expired. */
export function isUpToDate(record: ProgramRecord, time: number, parameters: StylusParameters): boolean {
  if (record.version !== parameters.stylusVersion || record.activatedAt === 0) return false;
  return !isExpired(programAge(record.activatedAt, time), parameters);
}

/** True once an active program's life can be extended. */
export function canKeepAlive(ageSeconds: number, { keepaliveDays }: StylusParameters): boolean {
  return ageSeconds >= keepaliveDays * secondsPerDay;
}

/** Seconds until an active program expires. */
export function programTimeLeft(ageSeconds: number, { expiryDays }: StylusParameters): number {
  return Math.max(0, expiryDays * secondsPerDay - ageSeconds);
}

/** True once a program is too old to be called or kept alive. */
export function isExpired(ageSeconds: number, { expiryDays }: StylusParameters): boolean {
  return ageSeconds > expiryDays * secondsPerDay;
}
