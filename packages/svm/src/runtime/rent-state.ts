/** Rent at the end of a transaction, over the accounts that the SVM wrote (rule 11; agave `svm/src/rent_calculator.rs`). */
import { isTaggedPubkey, pubkeyFromBase58, weiPerLamport, type Host } from "@trireme/core";
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

/** An account that pays rent may only stay one: of the same size, with no more than it had. */
function mayStay(before: AccountBefore, host: Host): boolean {
  const address = addressOf(before.key);
  const lamports = host.getBalance(address) / weiPerLamport;
  const dataLength = host.getSvmRecord(address)?.dataLength ?? 0;
  if (lamports === 0n || isRentExempt(lamports, dataLength)) return true;
  const wasPaying = before.lamports > 0n && !isRentExempt(before.lamports, before.dataLength);
  return wasPaying && before.dataLength === dataLength && lamports <= before.lamports;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
