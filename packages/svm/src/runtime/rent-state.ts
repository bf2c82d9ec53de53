/** Rent at the end of a transaction, over the accounts that the SVM wrote (rule 11; agave `svm/src/rent_calculator.rs, SIMD-0392`). */
import { isTaggedPubkey, pubkeyFromBase58, weiPerLamport, type Host } from "@trireme/core";
import { programIds } from "../known-keys.ts";
import { minimumBalance } from "../sysvars/rent.ts";
import { addressOf, samePubkey } from "./pubkey-names.ts";
import type { AccountBefore, TransactionState } from "./transaction-state.ts";

const incinerator = pubkeyFromBase58("1nc1nerator11111111111111111111111111111111");

/** Whether lamports keep an account of this size for ever. */
export function isRentExempt(lamports: bigint, dataLength: number): boolean {
  return lamports >= minimumBalance(dataLength);
}

/** Remembers what an account was before its first write in the transaction. */
export function rememberBefore(state: TransactionState, before: AccountBefore): void {
  if (isTaggedPubkey(before.key) || samePubkey(before.key, incinerator)) return;
  const name = latin1(addressOf(before.key));
  if (!state.before.has(name)) state.before.set(name, before);
}

/** Place in the message of the first account that may not stay as it is; undefined when all may. */
export function accountBelowRent(state: TransactionState, host: Host): number | undefined {
  let first: number | undefined;
  for (const before of state.before.values()) {
    if ((first === undefined || before.index < first) && !mayStay(before, host)) first = before.index;
  }
  return first;
}

/**
 * What has too little may stay only if it had too little before, has lost nothing, did not grow and did not change hands
 * (SIMD-0392, active on mainnet).
 */
function mayStay(before: AccountBefore, host: Host): boolean {
  const address = addressOf(before.key);
  const lamports = host.getBalance(address) / weiPerLamport;
  const record = host.getSvmRecord(address);
  const dataLength = record?.dataLength ?? 0;
  if (lamports === 0n || isRentExempt(lamports, dataLength)) return true;
  if (before.lamports === 0n || lamports < before.lamports || dataLength > before.dataLength) return false;
  return samePubkey(before.owner, record?.owner ?? programIds.system);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
