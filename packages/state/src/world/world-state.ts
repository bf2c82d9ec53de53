/**
 * The committed state: the flat head state in shared memory, its trie, and what earlier blocks need to be read again.
 * One thread writes; every thread may read the head.
 */
import { bytesToHex, TriremeError, type Address, type Hash } from "@trireme/core";
import { decodeAccountRecord } from "../account-encoding.ts";
import type { Database } from "../database.ts";
import { createFlatReader } from "../flat-reader.ts";
import { flatKind } from "../flat-key.ts";
import type { SharedStateHandle } from "../shared/shared-layout.ts";
import { createSharedStore } from "../shared/shared-store.ts";
import type { StateDiff } from "../state-diff.ts";
import type { AccountRecord, StateReader } from "../state-reader.ts";
import type { AccountProof } from "../trie/account-proof.ts";
import { createStateTrie, type StateTrie } from "../trie/state-trie.ts";
import type { TrieChanges } from "../trie/trie-changes.ts";
import { groupChanges } from "./group-changes.ts";
import { loadState } from "./load-state.ts";
import { createPastStates, unavailable } from "./past-states.ts";

/** State after a block. Reading one that is no longer kept throws TriremeError `STATE_UNAVAILABLE`. */
export interface HistoricalState extends StateReader {
  readonly number: bigint;
  readonly root: Hash;
}

/** The committed state of a chain. */
export interface WorldState {
  /** Number of the newest block that was applied; undefined before the first. */
  readonly head: bigint | undefined;
  /** State root at the head; worked out when it is asked for after `advance`. */
  readonly root: Hash;
  /** Reads the head: it moves with every `apply` and `rewind`. */
  readonly reader: StateReader;
  /** The root that the head would have after `diff`; changes nothing. Applying the same diff next does not hash again. */
  preview(diff: StateDiff): Hash;
  /**
   * Commits a block: the one after the head, or the head's own number once more to amend it. Gives the new root.
   * @throws TriremeError `INVALID_ARGUMENT` on another number
   */
  apply(number: bigint, diff: StateDiff, undo: StateDiff): Hash;
  /**
   * As `apply`, but for the root: the head can be read, and what `root`, `preview` or the next block needs of the trie is
   * worked out then. @throws TriremeError `INVALID_ARGUMENT` on another number
   */
  advance(number: bigint, diff: StateDiff, undo: StateDiff): void;
  /** State after block `number`. @throws TriremeError `STATE_UNAVAILABLE` for a block that is unknown or no longer kept */
  at(number: bigint): HistoricalState;
  /** EIP-1186 proof after block `number`. @throws TriremeError `STATE_UNAVAILABLE` */
  prove(number: bigint, address: Address, slotKeys: readonly Uint8Array[]): AccountProof;
  /** Makes block `number` the head again. @throws TriremeError `STATE_UNAVAILABLE` */
  rewind(number: bigint): void;
  /** What another thread passes to `openSharedState`. */
  share(): SharedStateHandle;
  /** Every account at the head, or after block `number`. Costs with the size of the state. @throws TriremeError `STATE_UNAVAILABLE` */
  iterateAccounts(number?: bigint): Iterable<readonly [address: Address, record: AccountRecord]>;
}

/** What a world state is made of. */
export interface WorldStateOptions {
  /** Where the state is loaded from; it is read for older history, never written. */
  readonly database: Database;
  /** Blocks below the head whose state can be read; 128 when left out. */
  readonly historyBlocks?: number | "all";
}

/**
 * Opens the state at the database's head.
 * @throws TriremeError `ROOT_MISMATCH` when the stored entries do not have the head's root
 */
export function createWorldState({ database, historyBlocks = 128 }: WorldStateOptions): WorldState {
  if (historyBlocks !== "all" && !(Number.isInteger(historyBlocks) && historyBlocks >= 0)) {
    throw new TriremeError("INVALID_CONFIGURATION", `expected historyBlocks to be "all" or a non-negative integer, got ${historyBlocks}`);
  }
  const store = createSharedStore();
  const reader = createFlatReader(store.get);
  let head = database.head;
  let settled = head === undefined ? createStateTrie() : loadState(database, store);
  /** What the newest block changes in the trie, until somebody needs that. */
  let open: { readonly number: bigint; readonly changes: TrieChanges } | undefined;
  let previewed: { readonly diff: StateDiff; readonly trie: StateTrie } | undefined;
  const past = createPastStates({ database, store, historyBlocks });
  if (head !== undefined) past.start(head, settled);

  /** The trie at the head. */
  function settle(): StateTrie {
    if (open !== undefined) {
      settled = settled.update(open.changes);
      past.keepTrie(open.number, settled);
      open = undefined;
    }
    return settled;
  }

  function preview(diff: StateDiff): StateTrie {
    const trie = settle();
    if (previewed?.diff !== diff) previewed = { diff, trie: trie.update(groupChanges(diff, store.get)) };
    return previewed.trie;
  }

  function advance(number: bigint, diff: StateDiff, undo: StateDiff): void {
    if (head !== undefined && number !== head && number !== head + 1n) {
      throw new TriremeError("INVALID_ARGUMENT", `expected block ${head + 1n} after block ${head}, got block ${number}`);
    }
    settle();
    const known = previewed?.diff === diff ? previewed.trie : undefined;
    // What stands in the state before is read now: the next lines change it.
    const changes = known === undefined ? groupChanges(diff, store.get) : [];
    previewed = undefined;
    store.apply(diff);
    if (head === undefined) past.start(number, settled);
    else past.push(number, head, undo);
    head = number;
    if (known !== undefined) settled = known;
    open = { number, changes };
  }

  function assertKept(number: bigint): bigint {
    if (head !== undefined && number <= head && past.isKept(number, head)) return head;
    throw unavailable(number, head, historyBlocks);
  }

  return {
    get head() {
      return head;
    },
    get root() {
      return settle().root;
    },
    reader,
    preview: (diff) => preview(diff).root,
    apply(number, diff, undo) {
      preview(diff);
      advance(number, diff, undo);
      return settle().root;
    },
    advance,
    at(number) {
      assertKept(number);
      const get = (key: Uint8Array): Uint8Array | undefined => {
        if (number === head) return store.get(key);
        return past.get(number, assertKept(number), key);
      };
      return {
        number,
        get root() {
          settle();
          return past.root(number, assertKept(number));
        },
        ...createFlatReader(get),
      };
    },
    prove(number, address, slotKeys) {
      settle();
      return past.trieAt(number, assertKept(number)).prove(address, slotKeys);
    },
    rewind(number) {
      const newest = assertKept(number);
      settle();
      const target = past.trieAt(number, newest);
      for (const undo of past.popAbove(number, newest)) store.apply(undo);
      past.start(number, target);
      settled = target;
      head = number;
      previewed = undefined;
    },
    share: () => store.handle,
    *iterateAccounts(number = head) {
      if (number === undefined) return;
      const newest = assertKept(number);
      const prefix = Uint8Array.of(flatKind.account);
      // Those that are gone by now are not among the keys of the head.
      const gone = number === newest ? [] : past.keysSince(number, newest, prefix).filter((key) => store.get(key) === undefined);
      const unique = new Map(gone.map((key) => [bytesToHex(key), key]));
      for (const key of [...store.keys(prefix), ...unique.values()]) {
        const value = number === newest ? store.get(key) : past.get(number, newest, key);
        if (value !== undefined) yield [key.slice(1) as Address, decodeAccountRecord(value)];
      }
    },
  };
}
