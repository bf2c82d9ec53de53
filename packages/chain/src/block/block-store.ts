/** Reads blocks and receipts from the database, with a small cache of decoded ones. */
import type { Hash, Hardfork } from "@trireme/core";
import type { BlockRecord, Database } from "@trireme/state";
import type { Block, Receipt } from "../chain.ts";
import { blockFromRecord, receiptsFromRecord, type DecodeTransaction } from "./block-record.ts";

/** Decoded blocks kept: senders are recovered from signatures when a block is decoded, which costs more than reading. */
const cachedBlocks = 256;

/** Durable blocks by number and hash. `head` bounds every read: a record beyond it is not published yet. */
export interface BlockStore {
  getBlock(number: bigint): Block | undefined;
  getNumber(hash: Hash): bigint | undefined;
  getHash(number: bigint): Hash | undefined;
  getReceipts(number: bigint): readonly Receipt[] | undefined;
  getRecord(number: bigint): BlockRecord | undefined;
  getTransactionLocation(hash: Hash): { readonly blockNumber: bigint; readonly index: number } | undefined;
  /** Puts a block that was just made into the cache. */
  remember(block: Block, receipts: readonly Receipt[]): void;
  /** Forgets every block above `number`. */
  forgetAbove(number: bigint): void;
}

/** @see BlockStore */
export function createBlockStore(
  database: Database,
  options: { readonly decode: DecodeTransaction; readonly hardfork: Hardfork; readonly head: () => bigint },
): BlockStore {
  const { decode, hardfork, head } = options;
  const cache = new Map<bigint, { readonly block: Block; receipts: readonly Receipt[] | undefined }>();
  const keep = (
    block: Block,
    receipts: readonly Receipt[] | undefined,
  ): { readonly block: Block; receipts: readonly Receipt[] | undefined } => {
    const entry = { block, receipts };
    cache.delete(block.header.number);
    cache.set(block.header.number, entry);
    if (cache.size > cachedBlocks) cache.delete(cache.keys().next().value as bigint);
    return entry;
  };
  const getRecord = (number: bigint): BlockRecord | undefined => (number > head() ? undefined : database.getBlock(number));
  const load = (number: bigint): { readonly block: Block; receipts: readonly Receipt[] | undefined } | undefined => {
    const cached = cache.get(number);
    if (cached !== undefined) return number > head() ? undefined : cached;
    const record = getRecord(number);
    return record === undefined ? undefined : keep(blockFromRecord(record, decode), undefined);
  };
  return {
    getRecord,
    getBlock: (number) => load(number)?.block,
    getNumber: (hash) => {
      const number = database.getBlockNumber(hash);
      return number === undefined || number > head() ? undefined : number;
    },
    getHash: (number) => cache.get(number)?.block.hash ?? getRecord(number)?.hash,
    getReceipts: (number) => {
      const entry = load(number);
      if (entry === undefined) return undefined;
      if (entry.receipts === undefined) {
        const record = getRecord(number);
        if (record !== undefined) entry.receipts = receiptsFromRecord(record, entry.block, hardfork);
      }
      return entry.receipts;
    },
    getTransactionLocation: (hash) => {
      const location = database.getTransactionLocation(hash);
      return location === undefined || location.blockNumber > head() ? undefined : location;
    },
    remember: (block, receipts) => void keep(block, receipts),
    forgetAbove: (number) => {
      for (const cached of cache.keys()) if (cached > number) cache.delete(cached);
    },
  };
}
