/** What reading and writing a slot costs: EIP-2200, EIP-2929 and EIP-3529, whichever hardfork the block has. */
import { bigintToBytes, bytesToBigint, type Address } from "@trireme/core";
import { OutOfGas, spend, type GasFrame } from "../gateway/gas-frame.ts";

const WARM_GAS = 100n;
const COLD_GAS = 2_100n;
const SET_GAS = 20_000n;
const RESET_GAS = 2_900n;
const CLEAR_REFUND = 4_800n;
const STIPEND = 2_300n;

/** The number in a slot. @throws OutOfGas */
export function loadSlot(frame: GasFrame, address: Address, key: Uint8Array): bigint {
  spend(frame, frame.host.accessStorage(address, key) ? WARM_GAS : COLD_GAS);
  return bytesToBigint(frame.host.getStorage(address, key));
}

/** @throws OutOfGas, with no more than a stipend left, too (EIP-2200) */
export function storeSlot(frame: GasFrame, address: Address, key: Uint8Array, value: bigint): void {
  const { host } = frame;
  if (frame.gas <= STIPEND) throw new OutOfGas();
  if (!host.accessStorage(address, key)) spend(frame, COLD_GAS);
  const current = bytesToBigint(host.getStorage(address, key));
  const original = bytesToBigint(host.getOriginalStorage(address, key));
  const isFirstChange = current === original && current !== value;
  if (!isFirstChange) spend(frame, WARM_GAS);
  else spend(frame, original === 0n ? SET_GAS : RESET_GAS);
  frame.gasRefund += refundOf(original, current, value);
  if (current !== value) host.setStorage(address, key, bigintToBytes(value, 32));
}

/** EIP-3529: what clearing a slot, or putting back what stood there, earns; negative where an earlier clearing is undone. */
function refundOf(original: bigint, current: bigint, value: bigint): bigint {
  if (current === value) return 0n;
  let refund = 0n;
  if (original !== 0n) {
    if (current === 0n) refund -= CLEAR_REFUND;
    else if (value === 0n) refund += CLEAR_REFUND;
  }
  if (value === original && current !== original) refund += (original === 0n ? SET_GAS : RESET_GAS) - WARM_GAS;
  return refund;
}
