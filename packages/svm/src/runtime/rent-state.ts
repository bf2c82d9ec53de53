/** Rent at the end of a transaction, over the accounts that the SVM wrote (rule 11; agave `svm/src/rent_calculator.rs, SIMD-0392`). */
import { addressFromHex, isTaggedPubkey, pubkeyFromBase58, weiPerLamport, type Host } from "@trireme/core";
import { programIds } from "../known-keys.ts";
import { minimumBalance } from "../sysvars/rent.ts";
import { nameOf } from "./places.ts";
import { addressOf, samePubkey } from "./pubkey-names.ts";
import type { AccountBefore, TransactionState } from "./transaction-state.ts";

const incinerator = pubkeyFromBase58("1nc1nerator11111111111111111111111111111111");

/** Its transient storage tells which accounts the SVM wrote in frames that stand, by pubkey: undone like any write. */
const writtenAddress = addressFromHex("0x73766d0000000000000000000000000000000003");
const writtenMark = new Uint8Array(32).fill(1);

/** Whether lamports keep an account of this size for ever. */
export function isRentExempt(lamports: bigint, dataLength: number): boolean {
  return lamports >= minimumBalance(dataLength);
}

/** Remembers what an account was before its first write in the transaction. */
export function rememberBefore(state: TransactionState, before: AccountBefore, host: Host): void {
  if (isTaggedPubkey(before.key) || samePubkey(before.key, incinerator)) return;
  const name = nameOf(before.key);
  const first = state.before.get(name) ?? before;
  if (first === before) state.before.set(name, before);
  state.unjudged.push(first);
  if (first.isMarked) host.setTransientStorage(writtenAddress, before.key, writtenMark);
}

/** Place in the message of the first account that may not stay as it is; undefined when all may. */
export function accountBelowRent(accounts: Iterable<AccountBefore>, host: Host): number | undefined {
  let first: number | undefined;
  for (const before of accounts) {
    if (first !== undefined && before.index >= first) continue;
    if (!mayStay(before, host) && isWritten(before, host)) first = before.index;
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

function isWritten({ isMarked, key }: AccountBefore, host: Host): boolean {
  return !isMarked || host.getTransientStorage(writtenAddress, key).some((byte) => byte !== 0);
}
