/** States before the head: undo diffs of this process, those of the database for older blocks, and tries of both. */
import { TriremeError, type Address, type Hash } from "@trireme/core";
import type { Database } from "../database.ts";
import { flatKeyFromBytes, slotFlatKey } from "../flat-key.ts";
import type { FlatGet } from "../flat-reader.ts";
import type { SharedStore } from "../shared/shared-store.ts";
import type { StateDiff } from "../state-diff.ts";
import type { StateTrie } from "../trie/state-trie.ts";
import type { TrieSlotChange } from "../trie/trie-changes.ts";
import { groupChanges } from "./group-changes.ts";
import { createStateHistory, type BlockUndo } from "./state-history.ts";

/** What is kept of blocks up to the head. Methods that take `head` throw TriremeError `STATE_UNAVAILABLE` for a number that is not kept. */
export interface PastStates {
  isKept(number: bigint, head: bigint): boolean;
  get(number: bigint, head: bigint, key: Uint8Array): Uint8Array | undefined;
  root(number: bigint, head: bigint): Hash;
  trieAt(number: bigint, head: bigint): StateTrie;
  /** The first head, before which nothing can be read unless the database has it; or one that was rewound to. */
  start(number: bigint, trie: StateTrie): void;
  /** A new head after `head`, or `head` amended, with what it replaced. */
  push(number: bigint, head: bigint, undo: StateDiff): void;
  /** The trie of the block that was pushed last; to be given before anybody asks for one. */
  keepTrie(number: bigint, trie: StateTrie): void;
  /** Keys with this prefix that a block above `number` wrote. */
  keysSince(number: bigint, head: bigint, prefix: Uint8Array): readonly Uint8Array[];
  /** Takes off the blocks above `number`; their undo diffs, newest first. */
  popAbove(number: bigint, head: bigint): readonly StateDiff[];
}

interface PastStatesOptions {
  readonly database: Database;
  readonly store: SharedStore;
  readonly historyBlocks: number | "all";
}

/** Older tries are walked back to: what every block adds to the trie would fill the memory of a long-lived chain. */
const MOST_TRIES = 256;

/** Makes the past of a world state; nothing of it is read before it is asked for. */
export function createPastStates({ database, store, historyBlocks }: PastStatesOptions): PastStates {
  const keptTries = historyBlocks === "all" ? MOST_TRIES : Math.min(historyBlocks, MOST_TRIES);
  const history = createStateHistory();
  const tries = new Map<number, StateTrie>();
  let rebuilt: { readonly number: number; readonly trie: StateTrie } | undefined;

  function reaches(number: number, head: number): boolean {
    return historyBlocks === "all" || number >= head - historyBlocks;
  }

  /** Loads undo diffs from the database until the state of block `number` can be told. */
  function load(number: number, head: number): void {
    const oldest = history.oldest ?? head;
    if (number >= oldest) return;
    // Going back twice as far as before makes walking down a chain linear.
    const wanted = Math.max(0, Math.min(number, oldest - (head - oldest)));
    const blocks: BlockUndo[] = [];
    for (let at = oldest; at > number || (at > wanted && reaches(at - 1, head)); at--) {
      const record = database.getBlock(BigInt(at));
      if (record === undefined) break;
      blocks.push({ number: at, undo: record.undo });
    }
    history.prepend(blocks.reverse());
    if ((history.oldest ?? head) > number) throw unavailable(number, head, historyBlocks);
  }

  function get(number: number, key: Uint8Array): Uint8Array | undefined {
    const past = history.valueAt(number, key);
    return past === undefined ? store.get(key) : past.value;
  }

  /** Walks the trie of a later block back by what changed in between. */
  function rebuild(number: number, head: number): StateTrie {
    if (rebuilt?.number === number) return rebuilt.trie;
    load(number, head);
    let from = number + 1;
    while (!tries.has(from)) from++;
    const keys = new Map<string, Uint8Array>();
    for (const block of history.undosAbove(number)) {
      if (block.number > from) break;
      for (const { key } of block.undo.entries) keys.set(Buffer.from(key).toString("latin1"), key);
    }
    const before: FlatGet = (key) => get(from, key);
    const changed = { entries: [...keys.values()].map((key) => ({ key, value: get(number, key) })) };
    const trie = (tries.get(from) as StateTrie).update(groupChanges(changed, before, (...slots) => slotsAt(number, ...slots)));
    rebuilt = { number, trie };
    return trie;
  }

  /** All slots of a generation after block `number`: those of the head, with what changed since put back. */
  function slotsAt(number: number, address: Address, generation: number): TrieSlotChange[] {
    const prefix = slotFlatKey(address, generation, new Uint8Array(0)).subarray(0, 25);
    const keys = new Map<string, Uint8Array>();
    const add = (key: Uint8Array): unknown => keys.set(Buffer.from(key).toString("latin1"), key);
    store.keys(prefix).forEach(add);
    for (const block of history.undosAbove(number)) {
      for (const { key } of block.undo.entries) if (Buffer.compare(key.subarray(0, 25), prefix) === 0) add(key);
    }
    const slots: TrieSlotChange[] = [];
    for (const key of keys.values()) {
      const flat = flatKeyFromBytes(key);
      if (flat.kind === "slot") slots.push({ key: flat.key, value: get(number, key) });
    }
    return slots;
  }

  return {
    isKept(number, head) {
      if (number === head) return true;
      if (number < 0n || !reaches(Number(number), Number(head))) return false;
      const oldest = history.oldest;
      if (oldest !== undefined && number >= BigInt(oldest)) return true;
      return database.getBlock(number) !== undefined && database.getBlock(number + 1n) !== undefined;
    },
    get(number, head, key) {
      load(Number(number), Number(head));
      return get(Number(number), key);
    },
    root(number, head) {
      const at = Number(number);
      return tries.get(at)?.root ?? database.getBlock(number)?.stateRoot ?? rebuild(at, Number(head)).root;
    },
    trieAt(number, head) {
      return tries.get(Number(number)) ?? rebuild(Number(number), Number(head));
    },
    start(number, trie) {
      tries.set(Number(number), trie);
    },
    keepTrie(number, trie) {
      tries.set(Number(number), trie);
    },
    keysSince(number, head, prefix) {
      load(Number(number), Number(head));
      const keys = history.undosAbove(Number(number)).flatMap(({ undo }) => undo.entries.map(({ key }) => key));
      return keys.filter((key) => Buffer.compare(key.subarray(0, prefix.length), prefix) === 0);
    },
    push(number, head, undo) {
      const at = Number(number);
      // Amending a block whose own undo diff is not here yet: the database has it, or nothing before it can be read.
      const followsUndo = number !== head || history.oldest !== undefined || loadUndo(at);
      if (followsUndo) history.push({ number: at, undo });
      rebuilt = undefined;
      // Blocks come one by one, so that at most one trie leaves.
      tries.delete(at - keptTries - 1);
      if (historyBlocks !== "all") history.prune(at - historyBlocks);
    },
    popAbove(number, head) {
      load(Number(number), Number(head));
      const undos: StateDiff[] = [];
      for (const { number: above } of history.undosAbove(Number(number))) {
        tries.delete(above);
        undos.push((history.pop() as BlockUndo).undo);
      }
      rebuilt = undefined;
      return undos;
    },
  };

  /** Takes a block's undo diff from the database; false when it has none. */
  function loadUndo(number: number): boolean {
    const record = database.getBlock(BigInt(number));
    if (record !== undefined) history.prepend([{ number, undo: record.undo }]);
    return record !== undefined;
  }
}

/** The error for a block whose state cannot be told. */
export function unavailable(number: number | bigint, head: number | bigint | undefined, historyBlocks: number | "all"): TriremeError {
  const kept = historyBlocks === "all" ? "every block" : `the last ${historyBlocks} blocks`;
  const range = head === undefined ? "there is no block yet" : `the head is block ${head} and the state of ${kept} before it is kept`;
  return new TriremeError("STATE_UNAVAILABLE", `the state of block ${number} is not available: ${range}`, {
    details: { number: BigInt(number), head: head === undefined ? undefined : BigInt(head) },
  });
}
