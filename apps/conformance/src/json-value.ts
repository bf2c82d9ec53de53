/** Reading test vectors: what is expected and missing is named, so that a broken file says where it is broken. */
import { addressFromHex, hexToBytes, TriremeError, type Address } from "@trireme/core";

/** Any value of a JSON file. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** @throws TriremeError `INVALID_ENCODING` when `value` is no object */
export function readObject(value: JsonValue | undefined, what: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unexpected(what, "an object", value);
  return value as JsonObject;
}

/** @throws TriremeError `INVALID_ENCODING` when `value` is no array */
export function readArray(value: JsonValue | undefined, what: string): readonly JsonValue[] {
  if (!Array.isArray(value)) throw unexpected(what, "an array", value);
  return value as readonly JsonValue[];
}

/** @throws TriremeError `INVALID_ENCODING` when `value` is no string */
export function readString(value: JsonValue | undefined, what: string): string {
  if (typeof value !== "string") throw unexpected(what, "a string", value);
  return value;
}

/** @throws TriremeError `INVALID_ENCODING` when `value` is neither true nor false */
export function readBoolean(value: JsonValue | undefined, what: string): boolean {
  if (typeof value !== "boolean") throw unexpected(what, "true or false", value);
  return value;
}

/** A number as JSON's own, as `0x` and digits, or as decimal digits. @throws TriremeError `INVALID_ENCODING` */
export function readNumber(value: JsonValue | undefined, what: string): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw unexpected(what, "a whole number below 2^53, or a string", value);
  const text = typeof value === "number" ? String(value) : readString(value, what);
  // The generators write a number that does not fit its field as `0x:bigint 0x...`.
  const digits = text.startsWith("0x:bigint ") ? text.slice("0x:bigint ".length) : text;
  if (digits === "" || digits === "0x") return 0n;
  if (!/^(?:0[xX][0-9a-fA-F]+|[0-9]+)$/.test(digits)) throw unexpected(what, "a number (decimal, or hex with 0x)", value);
  return BigInt(digits);
}

/** Bytes as `0x` and pairs of digits, the prefix optional. @throws TriremeError `INVALID_ENCODING` */
export function readHex(value: JsonValue | undefined, what: string): Uint8Array {
  const text = readString(value, what);
  const digits = /^0x/i.test(text) ? text.slice(2) : text;
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) throw unexpected(what, "pairs of hex digits", value);
  return hexToBytes(`0x${digits}`);
}

/** A number as 32 big-endian bytes. @throws TriremeError `INVALID_ENCODING` */
export function readWord(value: JsonValue | undefined, what: string): Uint8Array {
  const digits = readNumber(value, what).toString(16).padStart(64, "0");
  if (digits.length > 64) throw unexpected(what, "at most 32 bytes", value);
  return hexToBytes(`0x${digits}`);
}

/** @throws TriremeError `INVALID_ENCODING` */
export function readAddress(value: JsonValue | undefined, what: string): Address {
  const text = readString(value, what);
  const digits = /^0x/i.test(text) ? text.slice(2) : text;
  if (!/^[0-9a-fA-F]{40}$/.test(digits)) throw unexpected(what, "an address of 20 bytes", value);
  // Lower case: the case of letters is a checksum to some writers, and the letters' own to others.
  return addressFromHex(`0x${digits.toLowerCase()}`);
}

/** @throws TriremeError `INVALID_ENCODING` for a field that nobody reads: misspelt, it would test nothing */
export function assertFields(object: JsonObject, names: readonly string[], what: string): void {
  for (const name of Object.keys(object)) {
    if (!names.includes(name)) throw unexpected(`the fields of ${what}`, `among ${names.join(", ")}`, name);
  }
}

function unexpected(what: string, expected: string, value: JsonValue | undefined): TriremeError {
  const got = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60);
  return new TriremeError("INVALID_ENCODING", `expected ${what} to be ${expected}, got ${got}`);
}
