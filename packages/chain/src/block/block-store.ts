/** Reads blocks and receipts from the database, with a small cache of decoded ones. */
import type { Hash, Hardfork } from "@trireme/core";
import type { BlockRecord, Database } from "@trireme/state";
import type { Block, Receipt } from "../chain.ts";
import { blockFromRecord, receiptsFromRecord, type DecodeTransaction } from "./block-record.ts";

/** Decoded blocks kept: senders are recovered from signatures when a block is decoded, which costs more than reading. */
const cachedBlocks = 256;
/** Their transactions at most, a newest block with more excepted: a decoded one takes some 5 KB with its receipt. */
const cachedTransactions = 8_192;
/** Hashes kept beside: BLOCKHASH can ask for 256, and every block that runs on threads takes them along. */
const cachedHashes = 512;

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
  const hashes = new Map<bigint, Hash>();
  let transactions = 0;
  const forget = (number: bigint): void => {
    transactions -= cache.get(number)?.block.transactions.length ?? 0;
    cache.delete(number);
  };
  const keep = (
    block: Block,
    receipts: readonly Receipt[] | undefined,
  ): { readonly block: Block; receipts: readonly Receipt[] | undefined } => {
    const entry = { block, receipts };
    const { number } = block.header;
    forget(number);
    cache.set(number, entry);
    transactions += block.transactions.length;
    for (const oldest of cache.keys()) {
      if (oldest === number || (cache.size <= cachedBlocks && transactions <= cachedTransactions)) break;
      forget(oldest);
    }
    return entry;
  };
  const keepHash = (number: bigint, hash: Hash): Hash => {
    hashes.set(number, hash);
    if (hashes.size > cachedHashes) for (const oldest of hashes.keys()) if (hashes.delete(oldest)) break;
    return hash;
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
    getHash: (number) => {
      const known = hashes.get(number) ?? getRecord(number)?.hash;
      return known === undefined ? undefined : keepHash(number, known);
    },
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
    remember: (block, receipts) => {
      keep(block, receipts);
      keepHash(block.header.number, block.hash);
    },
    forgetAbove: (number) => {
      for (const cached of cache.keys()) if (cached > number) forget(cached);
      for (const cached of hashes.keys()) if (cached > number) hashes.delete(cached);
    },
  };
}
