/** Blocks and state at the head: what was written since the last flush, in front of what was flushed. */
import { bytesToHex, compareBytes, equalBytes, type Hash } from "@trireme/core";
import type { BlockRecord, TransactionLocation } from "../database.ts";
import type { StateDiffEntry } from "../state-diff.ts";
import type { HeadBlock } from "./block-order.ts";
import { decodeLogEntry } from "./log-entry.ts";
import { frameHeaderLength } from "./log-frame.ts";
import type { LogReader } from "./log-reader.ts";
import { corrupt, type LogLocation } from "./log-scan.ts";
import { segmentPath } from "./log-files.ts";
import {
  blockKey,
  decodeBlockNumber,
  decodeLogLocation,
  decodeTransactionLocation,
  encodeBlockNumber,
  encodeLogLocation,
  encodeTransactionLocation,
  hashKey,
  transactionKey,
  type FlushedPosition,
} from "./state-layout.ts";
import type { StateStore } from "./state-store.ts";
import { createWriteOverlay, type OverlayValue } from "./write-overlay.ts";

/** The state of an open durable database, apart from how it gets onto the disk. */
export interface DatabaseView {
  readonly head: HeadBlock | undefined;
  readonly first: bigint | undefined;
  /** Everything up to here may be flushed. */
  readonly durable: FlushedPosition;
  /** Writes that wait for a flush, and the blocks among the durable ones. */
  readonly pendingWrites: number;
  readonly unflushedRecords: bigint;
  get(key: Uint8Array): Uint8Array | undefined;
  entries(prefix: Uint8Array): Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
  getBlock(number: bigint): BlockRecord | undefined;
  getBlockNumber(hash: Hash): bigint | undefined;
  getTransactionLocation(hash: Hash): TransactionLocation | undefined;
  /** Where a block stands in the log. */
  locate(number: bigint): LogLocation | undefined;
  /** The blocks above `number`, newest first. */
  blocksAbove(number: bigint): readonly BlockRecord[];
  /** The block is the head from now on. */
  addBlock(location: LogLocation, block: BlockRecord): void;
  /** `undone` are the `blocksAbove(number)`. */
  dropBlocks(sequence: bigint, number: bigint, undone: readonly BlockRecord[]): void;
  /** The record at `location` is on disk, and made `head` the head. */
  markDurable(location: LogLocation, head: HeadBlock): void;
  /** Writes everything durable to the state store. */
  flush(): Promise<void>;
}

/** Transactions of the blocks that stay in memory, at most: a block has any number of them. */
const cachedTransactions = 8_192;

/** What a view is made of. */
export interface DatabaseViewOptions {
  readonly directory: string;
  readonly store: StateStore;
  readonly log: LogReader;
  /** Durable blocks that stay in memory. */
  readonly cachedBlocks: number;
}

/** The view as of the last flush. @throws TriremeError `DATABASE_CORRUPT` */
export function createDatabaseView(options: DatabaseViewOptions): DatabaseView {
  const { directory, store, log, cachedBlocks } = options;
  const state = createWriteOverlay();
  const index = createWriteOverlay();
  /** Ascending; all that are not durable are here, since their place in the log cannot be read yet. */
  const recent = new Map<bigint, BlockRecord>();
  /** Of those. */
  let transactions = 0;
  let flushed: FlushedPosition = store.position ?? { nextSequence: 0n, segment: 0, offset: 0, blocks: undefined };
  let durable = flushed;
  let first = flushed.blocks?.first;
  let head: HeadBlock | undefined = flushed.blocks && { number: flushed.blocks.head, hash: flushed.blocks.headHash };

  const newest = (fresh: OverlayValue | undefined, older: () => Uint8Array | undefined): Uint8Array | undefined =>
    fresh === undefined ? older() : fresh.value;
  const getIndex = (key: Uint8Array): Uint8Array | undefined => newest(index.get(key), () => store.getIndex(key));

  const locate = (number: bigint): LogLocation | undefined => {
    const bytes = number < 0n ? undefined : getIndex(blockKey(number));
    return bytes === undefined ? undefined : decodeLogLocation(bytes);
  };
  const readBlock = (number: bigint, location: LogLocation): BlockRecord => {
    const entry = decodeLogEntry(log.read(location));
    if (entry.kind === "block" && entry.block.number === number) return entry.block;
    throw corrupt(segmentPath(directory, location.segment), location.offset, location.sequence, `expected block ${number}`);
  };
  const getBlock = (number: bigint): BlockRecord | undefined => {
    const block = recent.get(number);
    if (block !== undefined) return block;
    const location = locate(number);
    return location === undefined ? undefined : readBlock(number, location);
  };
  const trim = (): void => {
    const kept = durable.blocks?.head;
    if (kept === undefined) return;
    for (const [number, { transactionHashes }] of recent) {
      if ((recent.size <= cachedBlocks && transactions <= cachedTransactions) || number > kept) break;
      recent.delete(number);
      transactions -= transactionHashes.length;
    }
  };

  if (head !== undefined) {
    const block = getBlock(head.number);
    if (block === undefined || !equalBytes(block.hash, head.hash)) {
      const location = locate(head.number);
      const path = segmentPath(directory, location?.segment ?? flushed.segment);
      throw corrupt(
        path,
        location?.offset ?? 0,
        location?.sequence ?? 0n,
        `expected block ${head.number} with hash ${bytesToHex(head.hash)}`,
      );
    }
  }

  return {
    get head() {
      return head;
    },
    get first() {
      return first;
    },
    get durable() {
      return durable;
    },
    get pendingWrites() {
      return state.size + index.size;
    },
    get unflushedRecords() {
      return durable.nextSequence - flushed.nextSequence;
    },
    get: (key) => newest(state.get(key), () => store.getState(key)),
    *entries(prefix) {
      yield* merge(state.entries(prefix), store.stateEntries(prefix));
    },
    getBlock,
    getBlockNumber(hash) {
      const bytes = getIndex(hashKey(hash));
      return bytes === undefined ? undefined : decodeBlockNumber(bytes);
    },
    getTransactionLocation(hash) {
      const bytes = getIndex(transactionKey(hash));
      return bytes === undefined ? undefined : decodeTransactionLocation(bytes);
    },
    locate,
    blocksAbove(number) {
      const blocks: BlockRecord[] = [];
      for (let above = head?.number ?? number; above > number; above--) {
        const block = getBlock(above);
        if (block !== undefined) blocks.push(block);
      }
      return blocks;
    },
    addBlock(location, block) {
      state.apply(location.sequence, block.diff.entries);
      index.apply(location.sequence, indexOf(location, block));
      recent.set(block.number, block);
      transactions += block.transactionHashes.length;
      head = block;
      first ??= block.number;
    },
    dropBlocks(sequence, number, undone) {
      for (const block of undone) {
        state.apply(sequence, block.undo.entries);
        index.apply(sequence, indexKeysOf(block));
        if (recent.delete(block.number)) transactions -= block.transactionHashes.length;
      }
      head = getBlock(number);
    },
    markDurable(location, durableHead) {
      durable = {
        nextSequence: location.sequence + 1n,
        segment: location.segment,
        offset: location.offset + frameHeaderLength + location.payloadLength,
        blocks: { first: first ?? durableHead.number, head: durableHead.number, headHash: durableHead.hash },
      };
      trim();
    },
    async flush() {
      const target = durable;
      const changes = { state: state.changesBefore(target.nextSequence), index: index.changesBefore(target.nextSequence) };
      await store.flush(changes, target);
      state.forget(target.nextSequence, changes.state);
      index.forget(target.nextSequence, changes.index);
      flushed = target;
    },
  };
}

function indexOf(location: LogLocation, block: BlockRecord): readonly StateDiffEntry[] {
  return [
    { key: blockKey(block.number), value: encodeLogLocation(location) },
    { key: hashKey(block.hash), value: encodeBlockNumber(block.number) },
    ...block.transactionHashes.map((hash, index) => ({
      key: transactionKey(hash),
      value: encodeTransactionLocation({ blockNumber: block.number, index }),
    })),
    ...(block.aliases ?? []).map(({ key, index }) => ({
      key: transactionKey(key),
      value: encodeTransactionLocation({ blockNumber: block.number, index }),
    })),
  ];
}

function indexKeysOf(block: BlockRecord): readonly StateDiffEntry[] {
  const names = [...block.transactionHashes, ...(block.aliases ?? []).map(({ key }) => key)];
  return [blockKey(block.number), hashKey(block.hash), ...names.map(transactionKey)].map((key) => ({ key, value: undefined }));
}

/** Both in key order; what is fresh hides what is older. */
function* merge(
  fresh: readonly (readonly [key: Uint8Array, value: OverlayValue])[],
  older: Iterable<readonly [key: Uint8Array, value: Uint8Array]>,
): Generator<readonly [key: Uint8Array, value: Uint8Array], void> {
  let next = 0;
  for (const entry of older) {
    let order = -1;
    for (let candidate = fresh[next]; candidate !== undefined; candidate = fresh[next]) {
      order = compareBytes(candidate[0], entry[0]);
      if (order > 0) break;
      next++;
      if (candidate[1].value !== undefined) yield [candidate[0], candidate[1].value];
      if (order === 0) break;
    }
    if (order !== 0) yield entry;
  }
  for (const [key, { value }] of fresh.slice(next)) if (value !== undefined) yield [key, value];
}
