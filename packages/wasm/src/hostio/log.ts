/** Events. */
import { evmApiInk, hostioInk, readPrice } from "../pricing/hostio-prices.ts";
import { readGuest } from "./guest-memory.ts";
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
    const bytes = readGuest(frame, pointer, size);
    if (frame.message.isStatic) fail(frame, "a log in a static call");
    const topics = Array.from({ length: count }, (_, index) => bytes.slice(32 * index, 32 * (index + 1)));
    frame.host.emitLog({ address: frame.message.recipient, topics, data: bytes.slice(32 * count) });
  },
} satisfies HostioFamily;
