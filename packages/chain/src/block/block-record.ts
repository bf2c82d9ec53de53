/** Blocks to and from the records of the database. */
import { isAtLeast, TriremeError, type Hardfork, type Hash, type Transaction } from "@trireme/core";
import { decodeHeader, encodeHeader, hashHeader, logsBloom, type BlockHeader, type EthereumTransaction } from "@trireme/ethereum";
import type { BlockRecord, StateDiff } from "@trireme/state";
import type { Block, Receipt } from "../chain.ts";
import { transactionType, type IncludedTransaction } from "./assemble-block.ts";
import { blobBaseFeeAt } from "./block-seed.ts";
import { decodeStoredReceipt, encodeStoredReceipt, type StoredReceipt } from "./stored-receipt.ts";

/** Everything of a block that goes into its record. */
export interface ExecutedBlockParts {
  readonly header: BlockHeader;
  readonly included: readonly IncludedTransaction[];
  readonly diff: StateDiff;
  readonly undo: StateDiff;
  readonly extra: Uint8Array;
}

/** The record of a block. */
export function recordFromBlock({ header, included, diff, undo, extra }: ExecutedBlockParts): BlockRecord {
  const aliases = included.flatMap(({ transaction: { alias } }, index) => (alias === undefined ? [] : [{ key: alias, index }]));
  return {
    number: header.number,
    hash: hashHeader(header),
    parentHash: header.parentHash,
    stateRoot: header.stateRoot,
    header: encodeHeader(header),
    transactions: included.map(({ transaction }) => transaction.raw),
    transactionHashes: included.map(({ transaction }) => transaction.hash),
    ...(aliases.length === 0 ? {} : { aliases }),
    receipts: included.map(({ result }) => encodeStoredReceipt(result)),
    diff,
    undo,
    extra,
  };
}

/** Decodes the bytes of a transaction that stands in a block. */
export type DecodeTransaction = (raw: Uint8Array) => Transaction | undefined;

/** The block of a record. @throws TriremeError `DATABASE_CORRUPT` when a transaction is of no dialect that the chain speaks. */
export function blockFromRecord(record: BlockRecord, decode: DecodeTransaction): Block {
  const transactions = record.transactions.map((raw, index) => {
    const transaction = decode(raw);
    if (transaction !== undefined) return transaction;
    throw new TriremeError("DATABASE_CORRUPT", `block ${record.number}: expected transaction ${index} of a dialect of this chain`);
  });
  return blockFromParts(decodeHeader(record.header), record.hash, transactions);
}

/** A block from its decoded parts. */
export function blockFromParts(header: BlockHeader, hash: Hash, transactions: readonly Transaction[]): Block {
  return { header, hash, transactions, size: encodedSize(header, transactions) };
}

/** The receipts of a block, cumulative fields worked out again. */
export function receiptsFromRecord(record: BlockRecord, block: Block, hardfork: Hardfork): readonly Receipt[] {
  return buildReceipts(block, record.receipts.map(decodeStoredReceipt), hardfork);
}

/** Receipts of a block from what its transactions did; `blooms` of their logs where they are known. */
export function buildReceipts(
  block: Block,
  results: readonly StoredReceipt[],
  hardfork: Hardfork,
  blooms?: readonly Uint8Array[],
): readonly Receipt[] {
  const blobGasPrice = isAtLeast(hardfork, "cancun") ? blobBaseFeeAt(hardfork, block.header.excessBlobGas) : 0n;
  let cumulativeGasUsed = 0n;
  let firstLogIndex = 0;
  return results.map((result, transactionIndex) => {
    const transaction = block.transactions[transactionIndex] as Transaction;
    cumulativeGasUsed += result.gasUsed;
    const receipt: Receipt = {
      transactionHash: transaction.hash,
      transactionIndex,
      blockHash: block.hash,
      blockNumber: block.header.number,
      type: transactionType(transaction.raw),
      from: transaction.sender,
      // Dialects without a single recipient have none.
      to: (transaction as Partial<EthereumTransaction>).to,
      contractAddress: result.created,
      succeeded: result.succeeded,
      gasUsed: result.gasUsed,
      cumulativeGasUsed,
      effectiveGasPrice: result.effectiveGasPrice,
      blobGasUsed: result.blobGasUsed,
      blobGasPrice,
      logsBloom: blooms?.[transactionIndex] ?? logsBloom(result.logs),
      logs: result.logs,
      firstLogIndex,
      programLogs: result.programLogs,
      ...(result.extra === undefined ? {} : { extra: result.extra }),
      ...(result.involved === undefined ? {} : { involved: result.involved }),
    };
    firstLogIndex += result.logs.length;
    return receipt;
  });
}

/** Bytes of rlp([header, transactions, ommers, withdrawals]) without making them. */
function encodedSize(header: BlockHeader, transactions: readonly Transaction[]): number {
  // A legacy transaction stands as the list that it is, any other as a byte string around its bytes.
  const body = transactions.reduce((sum, { raw }) => sum + (transactionType(raw) === 0 ? raw.length : rlpSize(raw.length)), 0);
  const withdrawals = header.withdrawalsRoot === undefined ? 0 : 1;
  return rlpSize(encodeHeader(header).length + rlpSize(body) + 1 + withdrawals);
}

/** Bytes of an RLP item of `length` bytes, prefix included; a single byte below 0x80 does not occur here. */
function rlpSize(length: number): number {
  if (length < 56) return 1 + length;
  let prefix = 1;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) prefix++;
  return prefix + length;
}
