/** Events. */
import { evmApiInk, hostioInk, readPrice } from "../pricing/hostio-prices.ts";
import { viewGuest } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyGas, buyInk } from "./ink-meter.ts";
import { fail, type ProgramFrame } from "./program-frame.ts";

const logGas = 375;
const byteGas = 8;

/** The function for events. */
export const log = {
  /** The topics are the first 32-byte words of the data. */
  emit_log(frame: ProgramFrame, pointer: number, length: number, topicCount: number): void {
    buyInk(frame, hostioInk + evmApiInk);
    const size = length >>> 0;
    const count = topicCount >>> 0;
    if (count > 4 || size < 32 * count) fail(frame, "bad topic data");
    buyInk(frame, readPrice(size));
    buyGas(frame, logGas * (1 + count) + byteGas * (size - 32 * count));
    const bytes = viewGuest(frame, pointer, size);
    if (frame.message.isStatic) fail(frame, "a log in a static call");
    const topics: Uint8Array[] = [];
    for (let end = 32; end <= 32 * count; end += 32) topics.push(bytes.subarray(end - 32, end));
    // The host copies what it keeps.
    frame.host.emitLog({ address: frame.message.recipient, topics, data: bytes.subarray(32 * count) });
  },
} satisfies HostioFamily;
