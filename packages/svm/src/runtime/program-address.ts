/** Program-derived addresses: hashes that are no public key of anybody (solana-sdk `address/src/lib.rs`). */
import { concatBytes, type Pubkey } from "@trireme/core";
import { hash } from "node:crypto";
import { isOnCurve } from "./edwards-point.ts";
import { maxSeedLength, maxSeeds } from "./limits.ts";

const marker = new TextEncoder().encode("ProgramDerivedAddress");

/** Why seeds give no address. */
export type SeedError = "MaxSeedLengthExceeded" | "InvalidSeeds";

/** The address of `program` under these seeds; an error when there are too many, one is too long, or the hash is a point of the curve. */
export function createProgramAddress(seeds: readonly Uint8Array[], program: Pubkey): Pubkey | SeedError {
  if (seeds.length > maxSeeds || seeds.some(({ length }) => length > maxSeedLength)) return "MaxSeedLengthExceeded";
  const address = sha256(concatBytes(...seeds, program, marker));
  return isOnCurve(address) ? "InvalidSeeds" : (address as Pubkey);
}

/** The first address under these seeds and a last one of one byte, from 255 down. @throws RangeError where no byte will do. */
export function findProgramAddress(seeds: readonly Uint8Array[], program: Pubkey): { readonly address: Pubkey; readonly bump: number } {
  for (let bump = 255; bump > 0; bump--) {
    const address = createProgramAddress([...seeds, Uint8Array.of(bump)], program);
    if (typeof address !== "string") return { address, bump };
  }
  throw new RangeError("expected seeds with a program address, got some without");
}

/** SHA-256 in one call, the fastest that Node has for short inputs. */
export function sha256(bytes: Uint8Array): Uint8Array {
  // A plain array: what a Buffer calls a slice is a view.
  return new Uint8Array(hash("sha256", bytes, "buffer"));
}
