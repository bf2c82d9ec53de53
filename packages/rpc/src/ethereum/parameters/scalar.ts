/** Parsers of single values: quantities, data, addresses, hashes, flags. */
import { addressFromHex, hexToBytes, isTriremeError, type Address, type Hash } from "@trireme/core";
import { invalidParameter } from "../../json-rpc/rpc-error.ts";
import type { Parser } from "../../json-rpc/rpc-method.ts";

const QUANTITY = /^0x(?:0|[1-9a-fA-F][0-9a-fA-F]*)$/;
const LOOSE_QUANTITY = /^0x[0-9a-fA-F]{1,64}$/;

/** An unsigned integer as EIP-1474's quantity, of at most `bits` bits. */
export function quantity(bits = 256): Parser<bigint> {
  return (value, path) => {
    // The bound on the length comes first: BigInt() of a long string is not linear.
    if (typeof value !== "string" || value.length > 66 || !QUANTITY.test(value)) {
      throw invalidParameter(path, `a quantity of at most ${bits} bits (0x and hexadecimal digits without leading zeros)`, value);
    }
    return inRange(BigInt(value), bits, path);
  };
}

/** For development methods, which tools call with numbers, decimal strings and padded quantities as well. */
export function looseQuantity(bits = 256): Parser<bigint> {
  return (value, path) => {
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return inRange(BigInt(value), bits, path);
    if (typeof value === "string" && (LOOSE_QUANTITY.test(value) || /^[0-9]{1,78}$/.test(value))) return inRange(BigInt(value), bits, path);
    throw invalidParameter(path, `a non-negative integer of at most ${bits} bits, as a quantity or a number`, value);
  };
}

/** A byte string: `0x` and an even number of digits; `length` demands an exact number of bytes. */
export function data(length?: number): Parser<Uint8Array> {
  return (value, path) => {
    const expected =
      length === undefined
        ? "data (0x and an even number of hexadecimal digits)"
        : `data of ${length} bytes (0x and ${length * 2} hexadecimal digits)`;
    if (typeof value !== "string") throw invalidParameter(path, expected, value);
    try {
      return hexToBytes(value, length);
    } catch (error) {
      if (isTriremeError(error)) throw invalidParameter(path, expected, value);
      throw error;
    }
  };
}

/** A 20-byte address; the checksum is not judged. */
export const address: Parser<Address> = (value, path) => {
  if (typeof value !== "string" || value.length !== 42) throw invalidParameter(path, "an address (0x and 40 hexadecimal digits)", value);
  try {
    return addressFromHex(value);
  } catch {
    throw invalidParameter(path, "an address (0x and 40 hexadecimal digits)", value);
  }
};

/** A 32-byte hash. */
export const hash: Parser<Hash> = (value, path) => data(32)(value, path) as Hash;

/** A storage key: up to 32 bytes, as hexadecimal of any length, padded on the left. */
export const storageKey: Parser<Uint8Array> = (value, path) => {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{0,64}$/.test(value)) {
    throw invalidParameter(path, "a storage key (0x and at most 64 hexadecimal digits)", value);
  }
  return hexToBytes(`0x${value.slice(2).padStart(64, "0")}`);
};

/** true or false. */
export const flag: Parser<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw invalidParameter(path, "true or false", value);
  return value;
};

/** Any string. */
export const text: Parser<string> = (value, path) => {
  if (typeof value !== "string") throw invalidParameter(path, "a string", value);
  return value;
};

function inRange(value: bigint, bits: number, path: string): bigint {
  if (value >> BigInt(bits) !== 0n) throw invalidParameter(path, `an integer of at most ${bits} bits`, `0x${value.toString(16)}`);
  return value;
}
