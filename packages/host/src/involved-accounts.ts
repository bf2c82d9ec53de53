/** What accounts a transaction had a part in, where its dialect does not say so beforehand. */
import { addressToHex, pubkeyOf, type Address, type InvolvedAccount } from "@trireme/core";
import type { Journal } from "@trireme/state";

/** Most accounts of either kind that a receipt names. */
const maxInvolved = 256;

/** An account before the transaction ended. */
export type InvolvedBefore = Omit<InvolvedAccount, "after"> & { readonly address: Address };

/** Notes written accounts and programs that logged, under the names that they have before what is empty is removed. */
export function noteInvolved(journal: Journal): readonly InvolvedBefore[] {
  const noted: InvolvedBefore[] = journal.touched(maxInvolved).map(({ address, before }) => ({
    address,
    pubkey: pubkeyOf(address, journal.getBoundPubkey(address)),
    isWritten: true,
    before,
  }));
  if (journal.programLogs.length === 0) return noted;
  const known = new Set(noted.map(({ address }) => addressToHex(address)));
  const most = known.size + maxInvolved;
  let last: Address | undefined;
  for (const { address } of journal.programLogs) {
    if (address === last || known.size === most) continue;
    last = address;
    const name = addressToHex(address);
    if (known.has(name)) continue;
    known.add(name);
    const before = journal.getBalance(address);
    noted.push({ address, pubkey: pubkeyOf(address, journal.getBoundPubkey(address)), isWritten: false, before });
  }
  return noted;
}

/** Adds what they have now that the transaction is over. */
export function settleInvolved(noted: readonly InvolvedBefore[], journal: Journal): readonly InvolvedAccount[] {
  return noted.map(({ address, pubkey, isWritten, before }) => ({
    pubkey,
    isWritten,
    before,
    after: isWritten ? journal.getBalance(address) : before,
  }));
}
