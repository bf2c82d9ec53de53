/** Revert data as Solidity's `require(false, text)` leaves it. */
import { bigintToBytes, concatBytes } from "@trireme/core";

/** ABI encoding of `Error(string)`. */
export function encodeSolidityError(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const padding = new Uint8Array((32 - (bytes.length % 32)) % 32);
  return concatBytes(
    Uint8Array.of(0x08, 0xc3, 0x79, 0xa0),
    bigintToBytes(32n, 32),
    bigintToBytes(BigInt(bytes.length), 32),
    bytes,
    padding,
  );
}
