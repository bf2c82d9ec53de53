/** Hashing. */
import { keccak256 } from "@trireme/core";
import { keccakPrice } from "../pricing/hostio-prices.ts";
import { viewGuest, writeGuest } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyInk } from "./ink-meter.ts";
import type { ProgramFrame } from "./program-frame.ts";

/** The function for hashes; the price of the call is in the hash's. */
export const keccak = {
  native_keccak256(frame: ProgramFrame, pointer: number, length: number, destination: number): void {
    buyInk(frame, keccakPrice(length >>> 0));
    writeGuest(frame, destination, keccak256(viewGuest(frame, pointer, length)));
  },
} satisfies HostioFamily;
