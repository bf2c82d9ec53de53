/** Values of command-line options: read, bounded, and refused with what was expected and what came. */
import { isHardfork, hardforks, TriremeError, type Hardfork } from "@trireme/core";

/** @throws TriremeError `INVALID_CONFIGURATION`, always */
export function refuseOption(option: string, expected: string, got: unknown): never {
  throw new TriremeError("INVALID_CONFIGURATION", `${option}: expected ${expected}, got ${JSON.stringify(got)}`);
}

/** An integer between two bounds, or undefined when the option was not given. */
export function integerOption(option: string, value: unknown, minimum: number, maximum: number): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= minimum && number <= maximum)) refuseOption(option, `an integer from ${minimum} to ${maximum}`, value);
  return number;
}

/** A number of seconds above 0, in milliseconds. */
export function secondsOption(option: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const seconds = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  if (!(seconds >= 0.001 && seconds <= 86_400)) refuseOption(option, "seconds from 0.001 to 86400", value);
  return Math.round(seconds * 1000);
}

/** Ether with up to 18 decimals, in wei. */
export function etherOption(option: string, value: unknown): bigint | undefined {
  if (value === undefined) return undefined;
  const match = typeof value === "string" ? /^(\d{1,30})(?:\.(\d{1,18}))?$/.exec(value) : null;
  if (match === null) refuseOption(option, 'ether such as "10000" or "0.5"', value);
  return BigInt(match[1] as string) * 10n ** 18n + BigInt((match[2] ?? "").padEnd(18, "0"));
}

/** A hardfork that chains may run. */
export function hardforkOption(option: string, value: unknown): Hardfork | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || !isHardfork(value)) refuseOption(option, `one of ${hardforks.join(", ")}`, value);
  return value;
}

/** A text that is not empty. */
export function textOption(option: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.trim() === "") refuseOption(option, "a text", value);
  return value;
}
