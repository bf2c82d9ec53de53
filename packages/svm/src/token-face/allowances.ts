/**
 * Allowances, and the nonces of permits: all that a face stores. They stand in a system account of its own, one for each mint,
 * since an account has slots or an SVM record, never both.
 */
import { concatBytes, keccak256, type Address } from "@trireme/core";
import { spend, spendOnAccount } from "../gateway/gas-frame.ts";
import { insufficientAllowance } from "./face-errors.ts";
import type { FaceFrame } from "./face-frame.ts";
import { loadSlot, storeSlot } from "./slot-gas.ts";

/** An allowance that spending does not lessen. */
const INFINITE = (1n << 256n) - 1n;
/** What an account that was not there before costs (EIP-161). */
const NEW_ACCOUNT_GAS = 25_000n;
const utf8 = new TextEncoder();
const accountSeed = utf8.encode("trireme:erc20:allowances");
const nonceSeed = utf8.encode("trireme:erc20:nonce");

/** Where the allowances of a mint are kept: the last 20 bytes of keccak256("trireme:erc20:allowances" ‖ mint). */
export function allowancesAddress(mint: Uint8Array): Address {
  return keccak256(concatBytes(accountSeed, mint)).slice(12) as Address;
}

/** @throws OutOfGas */
export function allowanceOf(frame: FaceFrame, owner: Address, spender: Address): bigint {
  return load(frame, allowanceKey(owner, spender));
}

/** @throws OutOfGas */
export function setAllowance(frame: FaceFrame, owner: Address, spender: Address, value: bigint): void {
  store(frame, allowanceKey(owner, spender), value);
}

/** Takes `value` of an allowance, unless it is infinite. @throws OutOfGas, FaceRevert */
export function spendAllowance(frame: FaceFrame, owner: Address, spender: Address, value: bigint): void {
  const allowance = allowanceOf(frame, owner, spender);
  if (allowance === INFINITE) return;
  if (allowance < value) throw insufficientAllowance(spender, allowance, value);
  setAllowance(frame, owner, spender, allowance - value);
}

/** Permits that an owner has used. @throws OutOfGas */
export function nonceOf(frame: FaceFrame, owner: Address): bigint {
  return load(frame, nonceKey(owner));
}

/** @throws OutOfGas */
export function setNonce(frame: FaceFrame, owner: Address, nonce: bigint): void {
  store(frame, nonceKey(owner), nonce);
}

function allowanceKey(owner: Address, spender: Address): Uint8Array {
  return keccak256(concatBytes(owner, spender));
}

function nonceKey(owner: Address): Uint8Array {
  return keccak256(concatBytes(nonceSeed, owner));
}

function load(frame: FaceFrame, key: Uint8Array): bigint {
  const address = allowancesAddress(frame.mint.key);
  spendOnAccount(frame, address);
  return loadSlot(frame, address, key);
}

function store(frame: FaceFrame, key: Uint8Array, value: bigint): void {
  const { host } = frame;
  const address = allowancesAddress(frame.mint.key);
  spendOnAccount(frame, address);
  if (value > 0n && host.getNonce(address) === 0n) {
    spend(frame, NEW_ACCOUNT_GAS);
    // Without a nonce the account would go with its slots when the transaction ends (EIP-161).
    host.setNonce(address, 1n);
  }
  storeSlot(frame, address, key, value);
}
