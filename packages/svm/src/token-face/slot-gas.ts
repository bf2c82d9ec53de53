/** What reading and writing a slot costs: EIP-2200, EIP-2929 and EIP-3529, whichever hardfork the block has. */
import { bigintToBytes, bytesToBigint, slotWriteGas, slotWriteRefund, storageGas, type Address } from "@trireme/core";
import { OutOfGas, spend, type GasFrame } from "../gateway/gas-frame.ts";

/** The number in a slot. @throws OutOfGas */
export function loadSlot(frame: GasFrame, address: Address, key: Uint8Array): bigint {
  spend(frame, frame.host.accessStorage(address, key) ? storageGas.warmRead : storageGas.coldRead);
  return bytesToBigint(frame.host.getStorage(address, key));
}

/** @throws OutOfGas, with no more than a stipend left, too (EIP-2200) */
export function storeSlot(frame: GasFrame, address: Address, key: Uint8Array, value: bigint): void {
  const { host } = frame;
  if (frame.gas <= storageGas.stipend) throw new OutOfGas();
  if (!host.accessStorage(address, key)) spend(frame, storageGas.coldRead);
  const current = bytesToBigint(host.getStorage(address, key));
  const original = bytesToBigint(host.getOriginalStorage(address, key));
  spend(frame, slotWriteGas(original, current, value));
  frame.gasRefund += slotWriteRefund(original, current, value);
  if (current !== value) host.setStorage(address, key, bigintToBytes(value, 32));
}
