/**
 * The ledger: database, world state and the head that the world sees. A block becomes visible only when its record is
 * durable (rule 27); mutations by a developer lie over the head's state until the next block commits them.
 */
import { bytesToHex, equalBytes, TriremeError, type Hash, type Hardfork } from "@trireme/core";
import { hashHeader } from "@trireme/ethereum";
import { createJournal, type Database, type StateDiff, type StateReader, type WorldState } from "@trireme/state";
import { buildReceipts, blockFromParts, blockFromRecord, recordFromBlock, type DecodeTransaction } from "../block/block-record.ts";
import { createBlockStore, type BlockStore } from "../block/block-store.ts";
import { assembleHeader } from "../block/assemble-block.ts";
import type { BlockSeed } from "../block/block-seed.ts";
import type { Block, Receipt } from "../chain.ts";
import { applyMutations, encodeExtra, type Mutation } from "../dev/mutation.ts";
import type { ExecutedBlock } from "../execution/block-plan.ts";
import { mergeDiffs, overlayReader } from "./overlay-reader.ts";

/** A diff without entries. */
export const noChanges: StateDiff = { entries: [] };

/** A block with what its transactions did. */
export interface CommittedBlock {
  readonly block: Block;
  readonly receipts: readonly Receipt[];
}

/** The committed chain. Reads are synchronous; what changes the head is to be called one at a time. */
export interface Ledger {
  readonly head: Block;
  readonly store: BlockStore;
  /** State after the head block with the mutations applied: what `latest` reads. It moves with the head. */
  readonly latest: StateReader;
  readonly mutations: readonly Mutation[];
  /** What `mutations` change in `committed`. */
  readonly overlay: StateDiff;
  /** Rises whenever `mutations` change. */
  readonly overlayVersion: number;
  readonly world: WorldState;
  /** Why the chain takes no more blocks; undefined while it does. */
  readonly failure: Error | undefined;
  /** Builds the block that an execution gave, without committing it. */
  assemble(seed: BlockSeed, executed: ExecutedBlock): CommittedBlock;
  /** Makes a block durable, then the head. @throws TriremeError `DATABASE_WRITE_FAILED`; the head stays. */
  commit(seed: BlockSeed, executed: ExecutedBlock): Promise<CommittedBlock>;
  setMutations(mutations: readonly Mutation[]): void;
  /** Makes `number` the head again; gives the blocks that are gone, oldest first. */
  rewind(number: bigint): Promise<readonly Block[]>;
  /** What separates the state after block `number` from the head's: the undo diffs between them as one. */
  diffFromHead(number: bigint): StateDiff;
  /** State after block `number`, which must exist. @throws TriremeError `STATE_UNAVAILABLE` beyond the window of history. */
  stateAfter(number: bigint): StateReader;
  /** @throws TriremeError `DATABASE_WRITE_FAILED` when the chain has stopped */
  assertRunning(): void;
  close(): Promise<void>;
}

/** What a ledger is opened with. */
export interface LedgerOptions {
  readonly database: Database;
  readonly world: WorldState;
  readonly decode: DecodeTransaction;
  readonly hardfork: Hardfork;
}

/**
 * Opens the ledger of a database that has at least its genesis block.
 * @throws TriremeError `ROOT_MISMATCH` when the state is not the head block's
 */
export function openLedger(options: LedgerOptions): Ledger {
  const { database, world, decode, hardfork } = options;
  const record = database.head === undefined ? undefined : database.getBlock(database.head);
  if (record === undefined) throw new TriremeError("DATABASE_CORRUPT", `expected a head block, got none at ${String(database.head)}`);
  assertRoot(record.stateRoot, world.root, record.number);
  let head = blockFromRecord(record, decode);
  let mutations: readonly Mutation[] = [];
  let overlayVersion = 0;
  let view: { readonly overlay: StateDiff; readonly latest: StateReader } | undefined;
  let failure: Error | undefined;
  const store = createBlockStore(database, { decode, hardfork, head: () => head.header.number });

  /** Worked out when somebody looks: setting many mutations in a row costs as much as setting one. */
  const mutated = (): { readonly overlay: StateDiff; readonly latest: StateReader } => {
    if (mutations.length === 0) return { overlay: noChanges, latest: world.reader };
    if (view === undefined) {
      const journal = createJournal(world.reader);
      applyMutations(mutations, journal);
      const overlay = journal.takeDiff().diff;
      view = { overlay, latest: overlayReader(world.reader, overlay) };
    }
    return view;
  };

  const setMutations = (next: readonly Mutation[]): void => {
    if (next.length > 0 || mutations.length > 0) overlayVersion++;
    mutations = next;
    view = undefined;
  };

  const assertRunning = (): void => {
    if (failure !== undefined) {
      throw new TriremeError("DATABASE_WRITE_FAILED", `the chain has stopped at block ${head.header.number}: ${failure.message}`, {
        cause: failure,
      });
    }
  };

  /** Rule 27: after a write that failed nobody knows what is on the disk, so nothing is written any more. */
  const stop = (cause: unknown, doing: string): TriremeError => {
    failure = cause instanceof Error ? cause : new Error(String(cause));
    return new TriremeError("DATABASE_WRITE_FAILED", `${doing} failed, the chain has stopped: ${failure.message}`, { cause });
  };

  const assemble = (seed: BlockSeed, executed: ExecutedBlock): CommittedBlock => {
    const header = assembleHeader(seed, hardfork, { ...executed, stateRoot: world.preview(executed.diff) });
    const transactions = executed.included.map(({ transaction }) => transaction);
    const block = blockFromParts(header, hashHeader(header), transactions);
    return {
      block,
      receipts: buildReceipts(
        block,
        executed.included.map(({ result }) => result),
        hardfork,
      ),
    };
  };

  const commit = async (seed: BlockSeed, executed: ExecutedBlock): Promise<CommittedBlock> => {
    assertRunning();
    const made = assemble(seed, executed);
    const { header } = made.block;
    const { included, diff, undo } = executed;
    try {
      await database.append(recordFromBlock({ header, included, diff, undo, extra: encodeExtra(mutations) }));
    } catch (error) {
      throw stop(error, `writing block ${header.number}`);
    }
    assertRoot(header.stateRoot, world.apply(header.number, diff, undo), header.number);
    head = made.block;
    store.remember(made.block, made.receipts);
    setMutations([]);
    return made;
  };

  const rewind = async (number: bigint): Promise<readonly Block[]> => {
    assertRunning();
    const removed: Block[] = [];
    for (let next = number + 1n; next <= head.header.number; next++) removed.push(store.getBlock(next) as Block);
    if (removed.length === 0) return removed;
    const target = store.getBlock(number) as Block;
    // The world first: it may read undo diffs of the records that the database is about to drop.
    world.rewind(number);
    head = target;
    try {
      await database.rewind(number);
    } catch (error) {
      throw stop(error, `rewinding to block ${number}`);
    }
    assertRoot(target.header.stateRoot, world.root, number);
    store.forgetAbove(number);
    setMutations([]);
    return removed;
  };

  return {
    get head() {
      return head;
    },
    get latest() {
      return mutated().latest;
    },
    get mutations() {
      return mutations;
    },
    get overlay() {
      return mutated().overlay;
    },
    get overlayVersion() {
      return overlayVersion;
    },
    get failure() {
      return failure;
    },
    store,
    world,
    assemble,
    commit,
    setMutations,
    rewind,
    diffFromHead: (number) => {
      const undone: StateDiff[] = [];
      for (let next = head.header.number; next > number; next--) undone.push(database.getBlock(next)?.undo ?? noChanges);
      return mergeDiffs(undone);
    },
    stateAfter: (number) => world.at(number),
    assertRunning,
    close: () => database.close(),
  };
}

function assertRoot(expected: Hash, got: Hash, number: bigint): void {
  if (equalBytes(expected, got)) return;
  throw new TriremeError("ROOT_MISMATCH", `block ${number}: expected the state root ${bytesToHex(expected)}, got ${bytesToHex(got)}`);
}
