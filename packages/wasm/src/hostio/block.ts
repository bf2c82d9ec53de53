/** The block that is being executed. */
import { hostioInk, pointerInk } from "../pricing/hostio-prices.ts";
import { writeGuest, writeInteger } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyInk } from "./ink-meter.ts";
import type { ProgramFrame } from "./program-frame.ts";

/** Functions for the block. On Arbitrum `block_number` is the parent chain's; here there is one chain. */
export const block = {
  block_basefee(frame: ProgramFrame, pointer: number): void {
    buyInk(frame, hostioInk + pointerInk);
    writeInteger(frame, pointer, frame.host.block.baseFeePerGas);
  },
  block_coinbase(frame: ProgramFrame, pointer: number): void {
    buyInk(frame, hostioInk + pointerInk);
    writeGuest(frame, pointer, frame.host.block.coinbase);
  },
  chainid(frame: ProgramFrame): bigint {
    buyInk(frame, hostioInk);
    return frame.host.block.chainId;
  },
  block_gas_limit(frame: ProgramFrame): bigint {
    buyInk(frame, hostioInk);
    return frame.host.block.gasLimit;
  },
  block_number(frame: ProgramFrame): bigint {
    buyInk(frame, hostioInk);
    return frame.host.block.number;
  },
  block_timestamp(frame: ProgramFrame): bigint {
    buyInk(frame, hostioInk);
    return frame.host.block.timestamp;
  },
} satisfies HostioFamily;
