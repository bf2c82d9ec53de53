/** What the last call or create returned. */
import { evmApiInk, hostioInk, writePrice } from "../pricing/hostio-prices.ts";
import { writeGuest } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyInk } from "./ink-meter.ts";
import type { ProgramFrame } from "./program-frame.ts";

/** Functions for return data. */
export const returnData = {
  /** Copies what lies within the data and answers how much that was; asking for more is no error. */
  read_return_data(frame: ProgramFrame, destination: number, offset: number, size: number): number {
    const { returnData: data } = frame;
    const start = Math.min(offset >>> 0, data.length);
    const length = Math.min(size >>> 0, data.length - start);
    buyInk(frame, hostioInk + evmApiInk + writePrice(length));
    if (length > 0) writeGuest(frame, destination, data.subarray(start, start + length));
    return length;
  },
  return_data_size(frame: ProgramFrame): number {
    buyInk(frame, hostioInk);
    return frame.returnData.length;
  },
} satisfies HostioFamily;
