/** Paying for pages of memory. */
import { hostioInk } from "../pricing/hostio-prices.ts";
import { pageGasCost, pagesAdded, pageSize } from "../pricing/memory-pages.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyGas, buyInk } from "./ink-meter.ts";
import { fail, type ProgramFrame } from "./program-frame.ts";

/** The function that instrumenting puts before every `memory.grow`. */
export const memoryGrowth = {
  /** Pages count modulo 65,536. They are paid whether the memory then grows or not; no pages cost a call. */
  pay_for_memory_grow(frame: ProgramFrame, given: number): void {
    const pages = given & 0xffff;
    if (pages === 0) return buyInk(frame, hostioInk);
    const { programs, parameters } = frame;
    const gas = pageGasCost(pages, programs.pages, parameters);
    programs.pages = pagesAdded(pages, programs.pages);
    buyGas(frame, gas);
    if (!frame.host.reserveMemory(pages * pageSize)) {
      frame.isOutOfMemory = true;
      fail(frame, "the transaction's memory");
    }
  },
} satisfies HostioFamily;
