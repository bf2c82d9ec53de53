/** From flat entries to what the state trie takes: the changes of a diff, grouped by account. */
import { accountDataPageSize, type Address } from "@trireme/core";
import { decodeAccountRecord } from "../account-encoding.ts";
import { accountFlatKey, flatKeyFromBytes, pageFlatKey } from "../flat-key.ts";
import type { FlatGet } from "../flat-reader.ts";
import type { StateDiff } from "../state-diff.ts";
import type { AccountRecord } from "../state-reader.ts";
import type { TrieAccount, TrieAccountChange, TrieChanges, TrieDataChange, TriePageChange, TrieSlotChange } from "../trie/trie-changes.ts";

interface Group {
  readonly address: Address;
  /** The record after the diff, where the diff has it. */
  record: { readonly after: AccountRecord | undefined } | undefined;
  readonly slots: { readonly generation: number; readonly change: TrieSlotChange }[];
  readonly pages: TriePageChange[];
}

/** Slots of a storage generation that comes back as a whole: what a diff that undoes a clearing does not list. */
export type GenerationSlots = (address: Address, generation: number) => Iterable<TrieSlotChange>;

/**
 * The changes of `diff` over the state that `before` reads. Going forward a generation that an account did not have is
 * empty; going backward `restored` gives its slots.
 */
export function groupChanges(diff: StateDiff, before: FlatGet, restored?: GenerationSlots): TrieChanges {
  return [...groupByAddress(diff).values()].map((group) => changeOf(group, before, restored));
}

/** The leaf of an account. An SVM account shows nonce 0 (rule 15). */
export function trieAccount(record: AccountRecord): TrieAccount {
  return { nonce: record.svm === undefined ? record.nonce : 0n, balance: record.balance, codeHash: record.codeHash };
}

function groupByAddress(diff: StateDiff): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { key, value } of diff.entries) {
    const flat = flatKeyFromBytes(key);
    if (flat.kind === "code" || flat.kind === "generation") continue;
    const name = Buffer.from(flat.address.buffer, flat.address.byteOffset, 20).toString("latin1");
    let group = groups.get(name);
    if (group === undefined) {
      group = { address: flat.address, record: undefined, slots: [], pages: [] };
      groups.set(name, group);
    }
    if (flat.kind === "account") group.record = { after: value === undefined ? undefined : decodeAccountRecord(value) };
    else if (flat.kind === "slot") group.slots.push({ generation: flat.generation, change: { key: flat.key, value } });
    else group.pages.push({ index: flat.index, bytes: value });
  }
  return groups;
}

function changeOf(group: Group, before: FlatGet, restored: GenerationSlots | undefined): TrieAccountChange {
  const { address } = group;
  const stored = before(accountFlatKey(address));
  const old = stored === undefined ? undefined : decodeAccountRecord(stored);
  const now = group.record === undefined ? old : group.record.after;
  if (now === undefined) return { address, account: undefined, storageCleared: true, slots: [], data: undefined };
  const isSvm = now.svm !== undefined;
  const keepsStorage = old !== undefined && old.storageGeneration === now.storageGeneration && (old.svm !== undefined) === isSvm;
  const slots: TrieSlotChange[] = [];
  if (!isSvm) {
    if (!keepsStorage && restored !== undefined) slots.push(...restored(address, now.storageGeneration));
    else for (const { generation, change } of group.slots) if (generation === now.storageGeneration) slots.push(change);
  }
  return {
    address,
    account: trieAccount(now),
    storageCleared: !keepsStorage,
    slots,
    data: now.svm === undefined ? undefined : dataChange(group, keepsStorage ? (old?.svm?.dataLength ?? 0) : 0, now.svm.dataLength, before),
  };
}

function dataChange(group: Group, lengthBefore: number, length: number, before: FlatGet): TrieDataChange | undefined {
  if (lengthBefore === length && group.pages.length === 0) return undefined;
  const shorter = Math.min(lengthBefore, length);
  if (lengthBefore === length || shorter % accountDataPageSize === 0) return { length, pages: group.pages };
  // The chunk at the shorter end has another size now, whether or not its bytes changed.
  const boundary = Math.floor(shorter / accountDataPageSize);
  if (group.pages.some((page) => page.index === boundary)) return { length, pages: group.pages };
  return { length, pages: [...group.pages, { index: boundary, bytes: before(pageFlatKey(group.address, boundary)) }] };
}
