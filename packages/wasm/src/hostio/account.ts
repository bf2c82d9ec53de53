/** Other accounts: balance and code. */
import { emptyBytes, equalBytes, zeroHash } from "@trireme/core";
import { evmApiInk, hostioInk, pointerInk, writePrice } from "../pricing/hostio-prices.ts";
import { readAddress, writeGuest, writeInteger } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyGas, buyInk, requireGas } from "./ink-meter.ts";
import type { ProgramFrame } from "./program-frame.ts";
import { accountTouchGas, coldAccountGas } from "./storage-cost.ts";

/** geth's EXTCODECOPY before it was priced by access: 700 gas for each 24,576 bytes that code may have. */
const extCodeGas = 700;

/** Functions for accounts by address. */
export const account = {
  account_balance(frame: ProgramFrame, pointer: number, destination: number): void {
    buyInk(frame, hostioInk + 2 * pointerInk + evmApiInk);
    requireGas(frame, coldAccountGas);
    const address = readAddress(frame, pointer);
    buyGas(frame, accountTouchGas(frame.host, address));
    writeInteger(frame, destination, frame.host.getBalance(address));
  },
  /** Answers how many bytes were copied; there is no padding. The whole code is paid for. */
  account_code(frame: ProgramFrame, pointer: number, offset: number, size: number, destination: number): number {
    buyInk(frame, hostioInk + evmApiInk);
    requireGas(frame, coldAccountGas);
    const address = readAddress(frame, pointer);
    let code = frame.lastCode !== undefined && equalBytes(frame.lastCode.address, address) ? frame.lastCode.code : undefined;
    if (code === undefined) {
      code = frame.host.getCode(address);
      buyGas(frame, extCodeGas + accountTouchGas(frame.host, address));
      if (code.length > 0) frame.lastCode = { address, code };
    }
    buyInk(frame, writePrice(code.length));
    const start = offset >>> 0;
    const part = start < code.length ? code.subarray(start, start + (size >>> 0)) : emptyBytes;
    writeGuest(frame, destination, part);
    return part.length;
  },
  account_code_size(frame: ProgramFrame, pointer: number): number {
    buyInk(frame, hostioInk + evmApiInk);
    requireGas(frame, coldAccountGas);
    const address = readAddress(frame, pointer);
    buyGas(frame, extCodeGas + accountTouchGas(frame.host, address));
    return frame.host.getCodeSize(address);
  },
  account_codehash(frame: ProgramFrame, pointer: number, destination: number): void {
    buyInk(frame, hostioInk + 2 * pointerInk + evmApiInk);
    requireGas(frame, coldAccountGas);
    const address = readAddress(frame, pointer);
    buyGas(frame, accountTouchGas(frame.host, address));
    // EIP-1052: an account that does not exist has the hash 0.
    writeGuest(frame, destination, frame.host.exists(address) ? frame.host.getCodeHash(address) : zeroHash);
  },
} satisfies HostioFamily;
