/**
 * The ledger: database, world state and the head that the world sees. A block becomes visible only when its record is
 * durable (rule 27); mutations by a developer lie over the head's state until the next block commits them.
 */
import { bytesToHex, equalBytes, TriremeError, type Hash, type Hardfork } from "@trireme/core";
import { hashHeader } from "@trireme/ethereum";
import { createJournal, stateUnavailable, type Database, type StateDiff, type StateReader, type WorldState } from "@trireme/state";
import { buildReceipts, blockFromParts, blockFromRecord, recordFromBlock, type DecodeTransaction } from "../block/block-record.ts";
import { createBlockStore, type BlockStore } from "../block/block-store.ts";
import { assembleHeader, bloomsOf } from "../block/assemble-block.ts";
import type { BlockSeed, ParentHeader } from "../block/block-seed.ts";
import type { Block, Receipt } from "../chain.ts";
import { applyMutations, encodeExtra, type Mutation } from "../dev/mutation.ts";
import type { ExecutedBlock } from "../execution/block-plan.ts";
import { createBlocksUnderWay, type BlockUnderWay, type OpenSeed } from "./blocks-under-way.ts";
import { mergeDiffs, overlayReader } from "./overlay-reader.ts";

/** A diff without entries. */
export const noChanges: StateDiff = { entries: [] };

/** A block with what its transactions did. */
export interface CommittedBlock {
  readonly block: Block;
  readonly receipts: readonly Receipt[];
}

/** The newest block that was executed: the next one stands on it, whether or not it is shown yet. */
export interface Tip {
  readonly header: ParentHeader;
  /** Whether nobody knows its hash yet. */
  readonly isOpen: boolean;
  /** Its hash, worked out by the first who asks. */
  hash(): Hash;
}

/** Blocks that may be on their way to the disk at once. */
export const mostUnderWay = 8;

/**
 * The committed chain. Reads are synchronous; what changes the head is to be called one at a time, and but for `advance`
 * when nothing is on its way (`settle`).
 */
export interface Ledger {
  /** The newest block that the world sees. */
  readonly head: Block;
  readonly tip: Tip;
  readonly store: BlockStore;
  /** State after the head block with the mutations applied: what `latest` reads. It moves with the head. */
  readonly latest: StateReader;
  readonly mutations: readonly Mutation[];
  /** Those that the next block begins with: none where one is on its way, which has them. */
  readonly nextMutations: readonly Mutation[];
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
  /**
   * Makes a block the tip and seals the one before it. Its own roots, its record and its turn to be shown come later: see
   * `BlockUnderWay`. No thread may be executing on the head's shared state meanwhile (rule 26). `onShown` is called in the
   * same turn in which the block becomes the head. @throws TriremeError `DATABASE_WRITE_FAILED` when the chain has stopped
   */
  advance(seed: OpenSeed, executed: ExecutedBlock, onShown?: (committed: CommittedBlock) => void): BlockUnderWay;
  /** Seals the tip. What goes wrong with it its `shown` tells. */
  seal(): void;
  /** Resolves when there is room for one more block on its way. */
  room(): Promise<void>;
  /** Resolves when no block is on its way: each is shown, or the chain has stopped. */
  settle(): Promise<void>;
  /** Hash of a block up to the tip. */
  getHash(number: bigint): Hash | undefined;
  setMutations(mutations: readonly Mutation[]): void;
  /** Makes `number` the head again; gives the blocks that are gone, oldest first. */
  rewind(number: bigint): Promise<readonly Block[]>;
  /** What separates the state after block `number` from the tip's, which is what threads see: the undo diffs between them as one. */
  diffFromHead(number: bigint): StateDiff;
  /** State after block `number`, which must exist, up to the tip. @throws TriremeError `STATE_UNAVAILABLE` beyond the window of history. */
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
  /** Blocks before the head whose state can be read: the world keeps `mostUnderWay` more. All that it keeps when left out. */
  readonly history?: "all" | number;
}

/**
 * Opens the ledger of a database that has at least its genesis block.
 * @throws TriremeError `ROOT_MISMATCH` when the state is not the head block's
 */
export function openLedger(options: LedgerOptions): Ledger {
  const { database, world, decode, hardfork, history = "all" } = options;
  const record = database.head === undefined ? undefined : database.getBlock(database.head);
  if (record === undefined) throw new TriremeError("DATABASE_CORRUPT", `expected a head block, got none at ${String(database.head)}`);
  assertRoot(record.stateRoot, world.root, record.number);
  let head = blockFromRecord(record, decode);
  /** What stands under the head's reader: the world may be ahead of it. */
  let shownState: StateReader = world.at(record.number);
  let tip: Tip = closedTip(head);
  let mutations: readonly Mutation[] = [];
  let overlayVersion = 0;
  let view: { readonly overlay: StateDiff; readonly latest: StateReader } | undefined;
  let failure: Error | undefined;
  const store = createBlockStore(database, { decode, hardfork, head: () => head.header.number });
  const shownReader: StateReader = {
    getAccount: (address) => shownState.getAccount(address),
    getNextGeneration: (address) => shownState.getNextGeneration(address),
    getSlot: (address, generation, key) => shownState.getSlot(address, generation, key),
    getCode: (codeHash) => shownState.getCode(codeHash),
    getDataPage: (address, index) => shownState.getDataPage(address, index),
  };

  /** Worked out when somebody looks: setting many mutations in a row costs as much as setting one. */
  const mutated = (): { readonly overlay: StateDiff; readonly latest: StateReader } => {
    if (mutations.length === 0) return { overlay: noChanges, latest: shownReader };
    if (view === undefined) {
      const journal = createJournal(shownReader);
      applyMutations(mutations, journal);
      const overlay = journal.takeDiff().diff;
      view = { overlay, latest: overlayReader(shownReader, overlay) };
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
    failure ??= cause instanceof Error ? cause : new Error(String(cause));
    return new TriremeError("DATABASE_WRITE_FAILED", `${doing} failed, the chain has stopped: ${failure.message}`, { cause });
  };

  const underWay = createBlocksUnderWay((cause, number) => stop(cause, `writing block ${number}`));

  const blockOf = (seed: BlockSeed, executed: ExecutedBlock, stateRoot: Hash): CommittedBlock => {
    const blooms = bloomsOf(executed.included);
    const header = assembleHeader(seed, hardfork, { ...executed, stateRoot, blooms });
    const transactions = executed.included.map(({ transaction }) => transaction);
    const block = blockFromParts(header, hashHeader(header), transactions);
    return {
      block,
      receipts: buildReceipts(
        block,
        executed.included.map(({ result }) => result),
        hardfork,
        blooms,
      ),
    };
  };

  const sealedHash = (number: bigint): Hash | undefined => underWay.blocks.find((block) => block.number === number)?.seal().block.hash;

  const diffFromHead = (number: bigint): StateDiff => {
    const undone: StateDiff[] = [];
    for (let next = tip.header.number; next > number; next--) {
      const { undo } = underWay.blocks.find((block) => block.number === next) ?? database.getBlock(next) ?? { undo: noChanges };
      undone.push(undo);
    }
    return mergeDiffs(undone);
  };

  const advance = (seed: OpenSeed, executed: ExecutedBlock, onShown?: (committed: CommittedBlock) => void): BlockUnderWay => {
    assertRunning();
    const { number } = seed;
    const { included, diff, undo } = executed;
    const parentHash = tip.hash();
    const own = underWay.blocks.length === 0 ? mutations : [];
    world.advance(number, diff, undo);
    const block = underWay.add(number, undo, {
      make: () => blockOf({ ...seed, parentHash }, executed, world.root),
      write: (made) => database.append(recordFromBlock({ header: made.block.header, included, diff, undo, extra: encodeExtra(own) })),
      show: (made) => {
        head = made.block;
        shownState = world.at(number);
        store.remember(made.block, made.receipts);
        setMutations([]);
        onShown?.(made);
      },
    });
    tip = {
      header: openHeader({ ...seed, parentHash }, executed),
      get isOpen() {
        return block.isOpen;
      },
      hash: () => block.seal().block.hash,
    };
    return block;
  };

  const commit = (seed: BlockSeed, executed: ExecutedBlock): Promise<CommittedBlock> => {
    const block = advance(seed, executed);
    block.seal();
    return block.shown;
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
    shownState = world.at(number);
    tip = closedTip(target);
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
    get tip() {
      return tip;
    },
    get latest() {
      return mutated().latest;
    },
    get mutations() {
      return mutations;
    },
    get nextMutations() {
      return underWay.blocks.length === 0 ? mutations : [];
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
    assemble: (seed, executed) => {
      // The world's head is the tip's.
      const changes = mergeDiffs([diffFromHead(seed.number - 1n), executed.diff]);
      return blockOf(seed, executed, world.preview(changes));
    },
    commit: async (seed, executed) => commit(seed, executed),
    advance,
    seal: underWay.seal,
    room: async () => {
      if (underWay.blocks.length >= mostUnderWay) await Promise.allSettled([underWay.blocks[0]?.shown]);
    },
    settle: underWay.settle,
    getHash: (number) => (number === tip.header.number ? tip.hash() : (store.getHash(number) ?? sealedHash(number))),
    setMutations,
    rewind,
    diffFromHead,
    stateAfter: (number) => {
      if (history !== "all" && number < head.header.number - BigInt(history)) throw stateUnavailable(number, head.header.number, history);
      return world.at(number);
    },
    assertRunning,
    close: () => database.close(),
  };
}

function assertRoot(expected: Hash, got: Hash, number: bigint): void {
  if (equalBytes(expected, got)) return;
  throw new TriremeError("ROOT_MISMATCH", `block ${number}: expected the state root ${bytesToHex(expected)}, got ${bytesToHex(got)}`);
}

/** A block that is shown, as the tip. */
function closedTip({ header, hash }: Block): Tip {
  return { header, isOpen: false, hash: () => hash };
}

/** What of a header is known before its roots are. */
function openHeader(seed: BlockSeed, { included }: ExecutedBlock): ParentHeader {
  const sum = (part: "gasUsed" | "blobGasUsed"): bigint => included.reduce((total, { result }) => total + result[part], 0n);
  return { ...seed, gasUsed: sum("gasUsed"), blobGasUsed: seed.excessBlobGas === undefined ? undefined : sum("blobGasUsed") };
}
