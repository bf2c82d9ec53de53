/** Which accounts a block changed. */
import { addressToHex, equalBytes, type Address } from "@trireme/core";
import { decodeAccountRecord, flatKeyFromBytes, type AccountRecord, type DiffAndUndo } from "@trireme/state";

/** Accounts whose balance, code, SVM record or data are not as before, each once; worked out when it is first asked. */
export function createChangedAccounts(change: DiffAndUndo): () => readonly Address[] {
  let changed: readonly Address[] | undefined;
  return () => (changed ??= changedBy(change));
}

function changedBy({ diff, undo }: DiffAndUndo): readonly Address[] {
  const changed = new Map<string, Address>();
  for (const [index, { key, value }] of diff.entries.entries()) {
    const flat = flatKeyFromBytes(key);
    if (flat.kind !== "page" && (flat.kind !== "account" || isAlike(undo.entries[index]?.value, value))) continue;
    changed.set(addressToHex(flat.address), flat.address);
  }
  return [...changed.values()];
}

/** Nonces and the number of slots do not count. */
function isAlike(before: Uint8Array | undefined, after: Uint8Array | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const [left, right] = [before, after].map(decodeAccountRecord) as [AccountRecord, AccountRecord];
  if (left.balance !== right.balance || !equalBytes(left.codeHash, right.codeHash)) return false;
  return left.svm?.dataLength === right.svm?.dataLength;
}
