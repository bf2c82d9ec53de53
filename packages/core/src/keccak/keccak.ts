/** keccak256 as Ethereum uses it (original padding, not FIPS 202). */
import { keccak_256 } from "@noble/hashes/sha3.js";

/** 32-byte keccak256 of `data`. */
export function keccak256(data: Uint8Array): Uint8Array {
  return keccak_256(data);
}
