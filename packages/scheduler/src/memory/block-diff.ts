/** What a block changed, out of its memory: what running it serially would have written. */
import { bytesToHex, equalBytes, type Address } from "@trireme/core";
import {
  accountFlatKey,
  decodeAccountRecord,
  encodeAccountRecord,
  flatKind,
  generationFlatKey,
  generationFromValue,
  sortByKey,
  type DiffAndUndo,
  type FlatGet,
  type StateDiffEntry,
} from "@trireme/state";
import type { BlockMemory } from "./block-memory.ts";
import { creditsBetween } from "./credits.ts";
import { beforeBlock } from "./layout.ts";
import { credited } from "./versioned-state.ts";

interface Change {
  readonly key: Uint8Array;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/** A key that was written, with what can be known of it before the block is done. */
interface FoundKey {
  readonly key: number;
  readonly bytes: Uint8Array;
  /** Its value before the block; none of code and of generations, which are looked up when they count. */
  readonly before: Uint8Array | undefined;
}

/** @see createBlockHarvest */
export interface BlockHarvest {
  /** Looks at the keys that were written since the last call: work that need not wait for the end of the block. */
  gather(): void;
  /** The changes against the state before the block, in key order, and what undoes them. The block is done. */
  diff(): DiffAndUndo;
}

/** Takes what a block changes out of its memory. `base` reads the state before it. */
export function createBlockHarvest(memory: BlockMemory, base: FlatGet): BlockHarvest {
  const found: FoundKey[] = [];
  let last = 0;
  const gather = (): void => {
    const newest = memory.lastWritten;
    for (let key = newest; key !== last; key = memory.writtenBefore(key)) {
      const bytes = memory.keyBytes(key);
      const isLate = bytes[0] === flatKind.generation || bytes[0] === flatKind.code;
      found.push({ key, bytes, before: isLate ? undefined : base(bytes) });
    }
    last = newest;
  };
  return {
    gather,
    diff() {
      gather();
      return diffOf(memory, base, found);
    },
  };
}

function diffOf(memory: BlockMemory, base: FlatGet, found: readonly FoundKey[]): DiffAndUndo {
  const changes: Change[] = [];
  const add = (key: Uint8Array, before: Uint8Array | undefined, after: Uint8Array | undefined): void => {
    if (!isSame(before, after)) changes.push({ key, before, after });
  };
  const accounts = new Map<number, FoundKey>();
  const codes: FoundKey[] = [];
  const generations = new Map<number, number>();
  /** Slots of a storage that was cleared in the block are nobody's any more. */
  let last: Uint8Array | undefined;
  let isLastCurrent = false;
  const isCurrentSlot = (slot: Uint8Array): boolean => {
    // Slots of one storage come one after the other as often as not.
    if (last === undefined || !hasSameStart(last, slot, slotKeyAt)) isLastCurrent = isOfCurrentStorage(slot);
    last = slot;
    return isLastCurrent;
  };
  const isOfCurrentStorage = (slot: Uint8Array): boolean => {
    const account = memory.findKey(accountKeyOf(slot));
    let current = generations.get(account);
    if (current === undefined) generations.set(account, (current = finalGeneration(memory, account, base)));
    return current === new DataView(slot.buffer, slot.byteOffset).getUint32(21);
  };
  for (const each of found) {
    const { key, bytes, before } = each;
    if (bytes[0] === flatKind.account) accounts.set(key, each);
    else if (bytes[0] === flatKind.code) codes.push(each);
    else if (bytes[0] !== flatKind.generation) {
      const written = lastVersion(memory, key);
      if (written !== undefined && (bytes[0] !== flatKind.slot || isCurrentSlot(bytes))) add(bytes, before, written.value);
    }
  }
  for (const { bytes } of found) {
    if (bytes[0] !== flatKind.generation) continue;
    const account = accountKeyOf(bytes);
    const key = memory.findKey(account);
    if (!accounts.has(key)) accounts.set(key, { key, bytes: account, before: base(account) });
  }
  const codeHashes = new Set<string>();
  for (const { key, bytes, before } of accounts.values()) {
    const after = finalAccount(memory, key, before, base);
    if (codes.length > 0 && after !== undefined) codeHashes.add(bytesToHex(decodeAccountRecord(after).codeHash));
    add(bytes, before, after);
    // The generation stands in the account's record, or under a key of its own while there is no account.
    if (before !== undefined && after !== undefined) continue;
    const generationKey = generationFlatKey(addressOf(bytes));
    add(generationKey, base(generationKey), after === undefined ? writtenGeneration(memory, bytes, base) : undefined);
  }
  // Code that an account had between two transactions only is nobody's, as an EIP-7702 delegation that was changed.
  for (const { key, bytes } of codes) {
    const written = codeHashes.has(bytesToHex(bytes.subarray(1))) ? lastVersion(memory, key) : undefined;
    if (written !== undefined) add(bytes, base(bytes), written.value);
  }
  sortByKey(changes);
  const entries = (part: "after" | "before"): StateDiffEntry[] => changes.map((change) => ({ key: change.key, value: change[part] }));
  return { diff: { entries: entries("after") }, undo: { entries: entries("before") } };
}

/** The record of an account at the end; undefined where there is none. */
function finalAccount(memory: BlockMemory, key: number, before: Uint8Array | undefined, base: FlatGet): Uint8Array | undefined {
  const written = lastVersion(memory, key);
  const bytes = written === undefined ? before : written.value;
  const { wei } = creditsBetween(memory, key, written?.transaction ?? beforeBlock - 1, memory.transactions);
  if (wei === 0n) return bytes;
  const record = credited(bytes === undefined ? undefined : decodeAccountRecord(bytes), wei, () => {
    const generation = writtenGeneration(memory, memory.keyBytes(key), base);
    return generation === undefined ? 0 : generationFromValue(generation);
  });
  return record === undefined ? undefined : encodeAccountRecord(record);
}

/** The generation that an account's slots have at the end. */
function finalGeneration(memory: BlockMemory, account: number, base: FlatGet): number {
  const bytes = memory.keyBytes(account);
  const record = finalAccount(memory, account, base(bytes), base);
  if (record !== undefined) return decodeAccountRecord(record).storageGeneration;
  const generation = writtenGeneration(memory, bytes, base);
  return generation === undefined ? 0 : generationFromValue(generation);
}

/** What stands under the generation key of an account. */
function writtenGeneration(memory: BlockMemory, account: Uint8Array, base: FlatGet): Uint8Array | undefined {
  const key = generationFlatKey(addressOf(account));
  const written = lastVersion(memory, memory.findKey(key));
  return written === undefined ? base(key) : written.value;
}

function lastVersion(memory: BlockMemory, key: number) {
  const version = memory.versionBelow(key, memory.transactions);
  if (version === 0) return undefined;
  return { transaction: memory.transactionOf(version), value: memory.readValue(memory.valueAt(version)) };
}

/** Where the key of a slot begins within its flat key: after its account and generation. */
const slotKeyAt = 25;

function hasSameStart(left: Uint8Array, right: Uint8Array, length: number): boolean {
  for (let at = 0; at < length; at++) if (left[at] !== right[at]) return false;
  return true;
}

function addressOf(flatKey: Uint8Array): Address {
  return flatKey.slice(1, 21) as Address;
}

function accountKeyOf(flatKey: Uint8Array): Uint8Array {
  return accountFlatKey(addressOf(flatKey));
}

function isSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === undefined || right === undefined ? left === right : equalBytes(left, right);
}
