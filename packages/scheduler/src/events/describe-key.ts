/** Keys of a block's memory in words. */
import { bytesToHex, type Address } from "@trireme/core";
import { flatKeyFromBytes } from "@trireme/state";

/** Says what a key stands for: `slot 0x… of 0x…`. Any bytes have a name. */
export function describeKey(bytes: Uint8Array): string {
  try {
    return describe(bytes);
  } catch {
    return `key ${bytesToHex(bytes)}`;
  }
}

function describe(bytes: Uint8Array): string {
  const key = flatKeyFromBytes(bytes);
  const of = (address: Address): string => bytesToHex(address);
  switch (key.kind) {
    case "account":
      return `account ${of(key.address)}`;
    case "slot":
      return `slot ${bytesToHex(key.key)} of ${of(key.address)}`;
    case "code":
      return `code ${bytesToHex(key.codeHash)}`;
    case "page":
      return `data page ${key.index} of ${of(key.address)}`;
    case "generation":
    default:
      return `generation of ${of(key.address)}`;
  }
}
