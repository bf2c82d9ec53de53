/** Transient storage (EIP-1153). */
import { evmApiInk, hostioInk, pointerInk } from "../pricing/hostio-prices.ts";
import { readWord, writeGuest } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyGas, buyInk } from "./ink-meter.ts";
import { fail, type ProgramFrame } from "./program-frame.ts";

const accessGas = 100;

/** Functions for the transient storage of the acting account. */
export const transient = {
  transient_load_bytes32(frame: ProgramFrame, key: number, destination: number): void {
    pay(frame);
    const slot = readWord(frame, key);
    writeGuest(frame, destination, frame.host.getTransientStorage(frame.message.recipient, slot));
  },
  transient_store_bytes32(frame: ProgramFrame, key: number, value: number): void {
    pay(frame);
    const slot = readWord(frame, key);
    const word = readWord(frame, value);
    if (frame.message.isStatic) fail(frame, "a transient write in a static call");
    frame.host.setTransientStorage(frame.message.recipient, slot, word);
  },
} satisfies HostioFamily;

function pay(frame: ProgramFrame): void {
  buyInk(frame, hostioInk + 2 * pointerInk + evmApiInk);
  buyGas(frame, accessGas);
}
