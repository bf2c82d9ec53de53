/** Block and transaction as the engine reads them, made once for each. */
import { bytesToHex, type BlockContext, type TransactionContext } from "@trireme/core";
import { engineAddress, type EngineAddress } from "./ethereumjs.ts";

/** What the interpreter reads of a block. */
export interface BlockView {
  readonly header: {
    readonly number: bigint;
    readonly timestamp: bigint;
    readonly coinbase: { toBytes(): Uint8Array };
    readonly gasLimit: bigint;
    readonly baseFeePerGas: bigint;
    readonly prevRandao: Uint8Array;
    readonly difficulty: bigint;
    getBlobGasPrice(): bigint;
  };
}

/** What the interpreter reads of a transaction. */
export interface TransactionView {
  readonly origin: EngineAddress;
  readonly gasPrice: bigint;
  readonly blobHashes: readonly string[];
}

const blocks = new WeakMap<BlockContext, BlockView>();
const transactions = new WeakMap<TransactionContext, TransactionView>();

/** The engine's view of a block. */
export function blockViewOf(block: BlockContext): BlockView {
  const known = blocks.get(block);
  if (known !== undefined) return known;
  const view: BlockView = {
    header: {
      number: block.number,
      timestamp: block.timestamp,
      coinbase: { toBytes: () => block.coinbase },
      gasLimit: block.gasLimit,
      baseFeePerGas: block.baseFeePerGas,
      prevRandao: block.prevRandao,
      difficulty: block.difficulty,
      getBlobGasPrice: () => block.blobBaseFee,
    },
  };
  blocks.set(block, view);
  return view;
}

/** The engine's view of a transaction. */
export function transactionViewOf(transaction: TransactionContext): TransactionView {
  const known = transactions.get(transaction);
  if (known !== undefined) return known;
  const view: TransactionView = {
    origin: engineAddress(transaction.origin),
    gasPrice: transaction.gasPrice,
    blobHashes: transaction.blobHashes.map((hash) => bytesToHex(hash)),
  };
  transactions.set(transaction, view);
  return view;
}
