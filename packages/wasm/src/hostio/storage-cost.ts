/** What storage and accounts cost in gas: EIP-2929, EIP-2200 and EIP-3529, as geth's `operations_acl_arbitrum.go` puts them for WASM. */
import { equalBytes, type Address, type Host } from "@trireme/core";

/** EIP-2929: a storage slot that the transaction touches for the first time. */
export const coldSlotGas = 2100;
/** EIP-2929: a slot or account that it touched before. */
export const warmGas = 100;
/** EIP-2929: an account that it touches for the first time. */
export const coldAccountGas = 2600;
/** EIP-2200: no write with this much gas or less. */
export const storeSentryGas = 2300;

const setGas = 20_000;
const resetGas = 2900;
const clearingRefund = 4800n;

/** Gas of a write, and what it does to the refund counter. */
export interface StoreCost {
  readonly gas: number;
  readonly refund: bigint;
}

/** Touches an account. */
export function accountTouchGas(host: Host, address: Address): number {
  return host.accessAccount(address) ? warmGas : coldAccountGas;
}

/** Prices a write, and makes the slot warm. */
export function storeCost(host: Host, address: Address, key: Uint8Array, value: Uint8Array): StoreCost {
  const coldGas = host.accessStorage(address, key) ? 0 : coldSlotGas;
  const current = host.getStorage(address, key);
  if (equalBytes(current, value)) return { gas: coldGas + warmGas, refund: 0n };
  const original = host.getOriginalStorage(address, key);
  if (equalBytes(original, current)) {
    if (isZero(original)) return { gas: coldGas + setGas, refund: 0n };
    return { gas: coldGas + resetGas, refund: isZero(value) ? clearingRefund : 0n };
  }
  let refund = 0n;
  if (!isZero(original)) {
    if (isZero(current)) refund -= clearingRefund;
    else if (isZero(value)) refund += clearingRefund;
  }
  // Back to what it was: all but a warm access comes back (EIP-3529: 19,900 and 2,800).
  if (equalBytes(original, value)) refund += BigInt((isZero(original) ? setGas : resetGas) - warmGas);
  return { gas: coldGas + warmGas, refund };
}

function isZero(word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) if (word[index] !== 0) return false;
  return true;
}
