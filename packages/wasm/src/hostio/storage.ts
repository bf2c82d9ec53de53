/** Storage through the cache: what is not flushed is not written. */
import { evmApiInk, hostioInk, pointerInk } from "../pricing/hostio-prices.ts";
import { readWord, writeGuest } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyGas, buyInk, gasLeft, requireGas } from "./ink-meter.ts";
import { fail, type ProgramFrame } from "./program-frame.ts";
import { outOfInkSignal } from "./signal.ts";
import { coldSlotGas, storeCost, storeSentryGas, warmGas } from "./storage-cost.ts";

/** The most that one access of the cache costs by its count. */
const cacheGas = 10;
/** Asking the chain in gas: floor(59,673 / 10,000) (ArbOS 32). */
const evmApiGas = 5;

/** Functions for the storage of the acting account. */
export const storage = {
  storage_load_bytes32(frame: ProgramFrame, key: number, destination: number): void {
    buyInk(frame, hostioInk + 2 * pointerInk);
    requireGas(frame, coldSlotGas + cacheGas + evmApiGas);
    const slot = readWord(frame, key);
    const countGas = frame.storage.nextReadGas();
    let value = frame.storage.get(slot);
    if (value === undefined) {
      const { host, message } = frame;
      const accessGas = host.accessStorage(message.recipient, slot) ? warmGas : coldSlotGas;
      value = host.getStorage(message.recipient, slot);
      frame.storage.know(slot, value);
      buyGas(frame, countGas + accessGas + evmApiGas);
    } else {
      buyGas(frame, countGas);
    }
    writeGuest(frame, destination, value);
  },
  /** Legal in a static frame: only a flush writes. */
  storage_cache_bytes32(frame: ProgramFrame, key: number, value: number): void {
    buyInk(frame, hostioInk + 2 * pointerInk);
    requireGas(frame, storeSentryGas + cacheGas);
    const slot = readWord(frame, key);
    const word = readWord(frame, value);
    const gas = frame.storage.nextWriteGas();
    frame.storage.write(slot, word);
    buyGas(frame, gas);
  },
  storage_flush_cache(frame: ProgramFrame, clear: number): void {
    buyInk(frame, hostioInk + evmApiInk);
    requireGas(frame, storeSentryGas);
    const dirty = frame.storage.takeDirty();
    if (clear !== 0) frame.storage.clear();
    if (dirty.length === 0) return;
    const { host, message } = frame;
    if (message.isStatic) fail(frame, "a write in a static call");
    // One gas more than is there: what costs that much still is written, and cannot be paid below.
    const budget = gasLeft(frame) + 1;
    let spent = 0;
    for (const { key, value } of dirty) {
      const { gas, refund } = storeCost(host, message.recipient, key, value);
      if (spent + gas > budget) {
        exhaust(frame);
      }
      spent += gas;
      frame.refund += refund;
      host.setStorage(message.recipient, key, value);
    }
    buyGas(frame, spent);
  },
} satisfies HostioFamily;

function exhaust(frame: ProgramFrame): never {
  buyInk(frame, Infinity);
  throw outOfInkSignal;
}
