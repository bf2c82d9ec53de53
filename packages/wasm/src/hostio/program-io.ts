/** Calldata in, output out, and the way out. */
import { hostioInk, readPrice, writePrice } from "../pricing/hostio-prices.ts";
import { readGuest, writeGuest } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyInk } from "./ink-meter.ts";
import type { ProgramFrame } from "./program-frame.ts";
import { exitSignal } from "./signal.ts";

/** Functions for the program's own input and output. */
export const programIo = {
  read_args(frame: ProgramFrame, pointer: number): void {
    const { input } = frame.message;
    buyInk(frame, hostioInk + writePrice(input.length));
    writeGuest(frame, pointer, input);
  },
  /** The last call counts; the program goes on. */
  write_result(frame: ProgramFrame, pointer: number, length: number): void {
    // The bytes are paid twice: for nitro's Rust and for its Go.
    buyInk(frame, hostioInk + 2 * readPrice(length >>> 0));
    frame.output = readGuest(frame, pointer, length);
  },
  exit_early(frame: ProgramFrame, status: number): void {
    frame.exitStatus = status;
    throw exitSignal;
  },
} satisfies HostioFamily;
