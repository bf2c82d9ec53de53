/** Searching for a program's address at the price of every try. */
import type { Pubkey } from "@trireme/core";
import { createProgramAddress, type SeedError } from "../runtime/program-address.ts";
import { addressGas, spend, type GasFrame } from "./gas-frame.ts";

/** The first address under these seeds and a bump from 255 down; why there is none. @throws OutOfGas */
export function findPaidAddress(
  frame: GasFrame,
  seeds: readonly Uint8Array[],
  program: Pubkey,
): { readonly address: Pubkey; readonly bump: number } | SeedError {
  for (let bump = 255; bump > 0; bump--) {
    spend(frame, addressGas);
    const address = createProgramAddress([...seeds, Uint8Array.of(bump)], program);
    if (address === "MaxSeedLengthExceeded") return address;
    if (typeof address !== "string") return { address, bump };
  }
  return "InvalidSeeds";
}
