/**
 * The block before, when nobody knows its hash yet (rule 24): threads begin, and whatever of the ground hangs on that hash
 * is an estimate until the thread that made the block has worked it out.
 */
import { bytesToHex, equalBytes, type Hash } from "@trireme/core";
import type { StateDiff } from "@trireme/state";
import type { BlockMemory } from "../memory/block-memory.ts";
import { beforeBlock } from "../memory/layout.ts";

/** What is still to come of the block before. */
export interface OpenParent {
  /** Keys over the head's state whose values hang on its hash. */
  readonly keys: readonly Uint8Array[];
  /** Works the hash out. Called once, when the threads have the block. */
  close(): ClosedParent;
}

/** What the hash made known. */
export interface ClosedParent {
  readonly hash: Hash;
  /** All that lies over the head's state when the first transaction runs: the block's `ground` and what hangs on the hash. */
  readonly ground: StateDiff;
}

/** Makes keys of the ground estimates. @throws MemorySpent */
export function writeOpenParent(memory: BlockMemory, { keys }: OpenParent): void {
  memory.openParent();
  for (const key of keys) memory.setValue(memory.findVersion(memory.findKey(key), beforeBlock), -memory.makeValue(undefined));
}

/**
 * Puts what the hash made known in its place, and wakes whoever waits for it. False when a transaction may have run on
 * something else: the block is to be given up. @throws MemorySpent
 */
export function closeParent(memory: BlockMemory, known: StateDiff, keys: readonly Uint8Array[], closed: ClosedParent): boolean {
  const given = new Map(known.entries.map((entry) => [bytesToHex(entry.key), entry]));
  const open = new Map(keys.map((key) => [bytesToHex(key), key]));
  for (const { key, value } of closed.ground.entries) {
    const name = bytesToHex(key);
    const before = given.get(name);
    if (before !== undefined) {
      if (!isSame(before.value, value)) return false;
      given.delete(name);
      continue;
    }
    if (open.delete(name)) memory.setValue(memory.findVersion(memory.findKey(key), beforeBlock), memory.makeValue(value));
    // A key that only the hash could tell has been read by nobody, unless somebody guessed it.
    else if (!memory.addKey(key, value)) return false;
  }
  for (const key of open.values()) memory.setValue(memory.findVersion(memory.findKey(key), beforeBlock), 0);
  memory.closeParent(closed.hash);
  return given.size === 0;
}

function isSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === undefined || right === undefined ? left === right : equalBytes(left, right);
}
