/** The call that runs, its transaction, and its meter. */
import { hostioInk, pointerInk } from "../pricing/hostio-prices.ts";
import { writeGuest, writeInteger } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyInk, gasLeft } from "./ink-meter.ts";
import type { ProgramFrame } from "./program-frame.ts";

/** Functions for the message and the transaction. */
export const message = {
  contract_address(frame: ProgramFrame, pointer: number): void {
    buyInk(frame, hostioInk + pointerInk);
    writeGuest(frame, pointer, frame.message.recipient);
  },
  msg_sender(frame: ProgramFrame, pointer: number): void {
    buyInk(frame, hostioInk + pointerInk);
    writeGuest(frame, pointer, frame.message.sender);
  },
  msg_value(frame: ProgramFrame, pointer: number): void {
    buyInk(frame, hostioInk + pointerInk);
    writeInteger(frame, pointer, frame.message.value);
  },
  /** 1 where more than one frame works on this account, in whichever VM; frames by delegate call do not count (nitro, arbos/tx_processor.go). */
  msg_reentrant(frame: ProgramFrame): number {
    buyInk(frame, hostioInk);
    // Counting walks the whole stack, for less than one gas: once a frame.
    frame.isReentrant ??= frame.host.openFrames(frame.message.recipient) > 1;
    return frame.isReentrant ? 1 : 0;
  },
  tx_origin(frame: ProgramFrame, pointer: number): void {
    buyInk(frame, hostioInk + pointerInk);
    writeGuest(frame, pointer, frame.host.transaction.origin);
  },
  tx_gas_price(frame: ProgramFrame, pointer: number): void {
    buyInk(frame, hostioInk + pointerInk);
    writeInteger(frame, pointer, frame.host.transaction.gasPrice);
  },
  tx_ink_price(frame: ProgramFrame): number {
    buyInk(frame, hostioInk);
    return frame.inkPrice;
  },
  evm_gas_left(frame: ProgramFrame): bigint {
    buyInk(frame, hostioInk);
    return BigInt(gasLeft(frame));
  },
  evm_ink_left(frame: ProgramFrame): bigint {
    buyInk(frame, hostioInk);
    return BigInt(frame.meter.inkLeft());
  },
} satisfies HostioFamily;
