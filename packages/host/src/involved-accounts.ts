/** What accounts a transaction had a part in, where its dialect does not say so beforehand. */
import {
  addressToHex,
  equalBytes,
  pubkeyOf,
  toAddress,
  toPubkey,
  type Address,
  type InvolvedAccount,
  type TransactionOutcome,
} from "@trireme/core";
import type { Journal } from "@trireme/state";

/** Most accounts of either kind that a receipt names. */
const maxInvolved = 256;

/** An account before the transaction ended. */
type InvolvedBefore = InvolvedAccount & { readonly address: Address };

/**
 * Notes written accounts and programs that logged, under the names that they have before what is empty is removed. What was
 * only credited is not read.
 */
export function noteInvolved(journal: Journal): readonly InvolvedBefore[] {
  const noted: InvolvedBefore[] = journal
    .touched(maxInvolved)
    .map(({ address, before, credited }) =>
      before === undefined
        ? { address, pubkey: toPubkey(address), isWritten: true, before: 0n, after: credited, isUnread: true }
        : { address, pubkey: pubkeyOf(address, journal.getBoundPubkey(address)), isWritten: true, before, after: before },
    );
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
    noted.push({ address, pubkey: pubkeyOf(address, journal.getBoundPubkey(address)), isWritten: false, before, after: before });
  }
  return noted;
}

/** What they have now that the transaction is over, and the coinbase has been paid. */
export function settleInvolved(noted: readonly InvolvedBefore[], journal: Journal, coinbase: Address): readonly InvolvedAccount[] {
  return noted.map(({ address, ...account }) => {
    if (!account.isWritten) return account;
    if (account.isUnread !== true) return { ...account, after: journal.getBalance(address) };
    // Its fee came after it was noted, and may still be unread.
    return equalBytes(address, coinbase) ? { ...account, after: creditOf(address, journal) } : account;
  });
}

/** All that the transaction credited an account of whom nobody had read before its end. */
function creditOf(address: Address, journal: Journal): bigint {
  const touched = journal.touched(maxInvolved).find((each) => equalBytes(each.address, address));
  if (touched === undefined) return 0n;
  return touched.before === undefined ? touched.credited : journal.getBalance(address) - touched.before;
}

/** State right after a transaction. */
export type StateAfter = Pick<Journal, "getBalance" | "getBoundPubkey">;

/**
 * Fills in names and balances of accounts that a transaction credited unread. Whoever commits transactions calls it for each
 * one in its place.
 */
export function resolveInvolved(outcome: TransactionOutcome, state: StateAfter): void {
  if (outcome.kind === "invalid" || outcome.involved?.some(({ isUnread }) => isUnread === true) !== true) return;
  // In place: a copy of every outcome costs more than all else here.
  (outcome as { involved: readonly InvolvedAccount[] }).involved = outcome.involved.map((account) => resolved(account, state));
}

function resolved(account: InvolvedAccount, state: StateAfter): InvolvedAccount {
  if (account.isUnread !== true) return account;
  const address = toAddress(account.pubkey);
  const after = state.getBalance(address);
  const credited = account.after - account.before;
  return { pubkey: pubkeyOf(address, state.getBoundPubkey(address)), isWritten: true, before: after - credited, after };
}
