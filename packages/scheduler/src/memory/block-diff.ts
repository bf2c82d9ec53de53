/** What a block changed, out of its memory: what running it serially would have written. */
import { bytesToHex, compareBytes, equalBytes, type Address } from "@trireme/core";
import {
  accountFlatKey,
  decodeAccountRecord,
  encodeAccountRecord,
  flatKind,
  generationFlatKey,
  generationFromValue,
  type DiffAndUndo,
  type FlatGet,
  type StateDiffEntry,
} from "@trireme/state";
import type { BlockMemory } from "./block-memory.ts";
import { creditKey, creditsBetween, isCreditKey } from "./credits.ts";
import { beforeBlock } from "./layout.ts";
import { credited } from "./versioned-state.ts";

/** The changes against `base`, in key order, and what undoes them. The block is done. */
export function blockDiff(memory: BlockMemory, base: FlatGet): DiffAndUndo {
  const changes: Change[] = [];
  const add = (key: Uint8Array, after: Uint8Array | undefined): void => {
    const before = base(key);
    if (!isSame(before, after)) changes.push({ key, before, after });
  };
  const accounts = changedAccounts(memory);
  const generations = new Map<string, number>();
  /** Slots of a storage that was cleared in the block are nobody's any more. */
  const isCurrentSlot = (bytes: Uint8Array): boolean => {
    const address = bytes.slice(1, 21) as Address;
    const name = bytesToHex(address);
    let current = generations.get(name);
    if (current === undefined) generations.set(name, (current = finalGeneration(finalAccount(memory, address, base))));
    return current === new DataView(bytes.buffer, bytes.byteOffset).getUint32(21);
  };
  for (const address of accounts.values()) {
    const { record, generation } = finalAccount(memory, address, base);
    add(accountFlatKey(address), record === undefined ? undefined : encodeAccountRecord(record));
    // The generation stands in the account's record, or under a key of its own while there is no account.
    add(generationFlatKey(address), record === undefined ? generation : undefined);
  }
  for (const key of memory.keys()) {
    const bytes = memory.keyBytes(key);
    if (isCreditKey(bytes) || bytes[0] === flatKind.account || bytes[0] === flatKind.generation) continue;
    const written = lastVersion(memory, key);
    if (written !== undefined && (bytes[0] !== flatKind.slot || isCurrentSlot(bytes))) add(bytes, written.value);
  }
  changes.sort((left, right) => compareBytes(left.key, right.key));
  const entries = (part: "after" | "before"): StateDiffEntry[] => changes.map((change) => ({ key: change.key, value: change[part] }));
  return { diff: { entries: entries("after") }, undo: { entries: entries("before") } };
}

interface Change {
  readonly key: Uint8Array;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/** Accounts that were written, credited, or whose generation was: by name. */
function changedAccounts(memory: BlockMemory): ReadonlyMap<string, Address> {
  const accounts = new Map<string, Address>();
  for (const key of memory.keys()) {
    const bytes = memory.keyBytes(key);
    const isOfAccount = isCreditKey(bytes) || bytes[0] === flatKind.account || bytes[0] === flatKind.generation;
    if (!isOfAccount || memory.versionBelow(key, memory.transactions) === 0) continue;
    const address = bytes.slice(1) as Address;
    accounts.set(bytesToHex(address), address);
  }
  return accounts;
}

function finalAccount(memory: BlockMemory, address: Address, base: FlatGet) {
  const flatKey = accountFlatKey(address);
  const written = lastVersion(memory, memory.findKey(flatKey));
  const bytes = written === undefined ? base(flatKey) : written.value;
  const since = written?.transaction ?? beforeBlock - 1;
  const { wei } = creditsBetween(memory, memory.findKey(creditKey(address)), since, memory.transactions);
  const generationKey = generationFlatKey(address);
  const writtenGeneration = lastVersion(memory, memory.findKey(generationKey));
  const generation = writtenGeneration === undefined ? base(generationKey) : writtenGeneration.value;
  const record = credited(bytes === undefined ? undefined : decodeAccountRecord(bytes), wei, () =>
    generation === undefined ? 0 : generationFromValue(generation),
  );
  return { record, generation };
}

function finalGeneration({ record, generation }: ReturnType<typeof finalAccount>): number {
  return record?.storageGeneration ?? (generation === undefined ? 0 : generationFromValue(generation));
}

function lastVersion(memory: BlockMemory, key: number) {
  const version = memory.versionBelow(key, memory.transactions);
  if (version === 0) return undefined;
  return { transaction: memory.transactionOf(version), value: memory.readValue(memory.valueOf(version)) };
}

function isSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === undefined || right === undefined ? left === right : equalBytes(left, right);
}
