/** Which accounts a block changed. */
import { addressToHex, type Address } from "@trireme/core";
import { flatKeyFromBytes, type StateDiff } from "@trireme/state";

/** Accounts whose record or data are not as before, each once; worked out when it is first asked. */
export function createChangedAccounts({ entries }: StateDiff): () => readonly Address[] {
  let changed: readonly Address[] | undefined;
  return () => (changed ??= changedIn(entries));
}

function changedIn(entries: StateDiff["entries"]): readonly Address[] {
  const changed = new Map<string, Address>();
  for (const { key } of entries) {
    const flat = flatKeyFromBytes(key);
    if (flat.kind === "account" || flat.kind === "page") changed.set(addressToHex(flat.address), flat.address);
  }
  return [...changed.values()];
}
