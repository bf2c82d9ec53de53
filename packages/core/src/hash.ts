/** 32-byte hashes. */
import type { Brand } from "./brand.ts";
import { keccak256 } from "./keccak/keccak.ts";

/** A 32-byte hash. */
export type Hash = Brand<Uint8Array, "Hash">;

/** keccak256 of the empty byte string: the code hash of an account without code. */
export const emptyCodeHash: Hash = keccak256(new Uint8Array(0)) as Hash;

/** 32 zero bytes. */
export const zeroHash: Hash = new Uint8Array(32) as Hash;
