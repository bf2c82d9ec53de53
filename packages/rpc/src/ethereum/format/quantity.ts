/** Numbers on the wire. */
import type { Hex } from "@trireme/core";

/** EIP-1474 quantity: 0x and hexadecimal digits without leading zeros. */
export function toQuantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}

/** A 32-byte word. */
export function toWord(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}
