/** eth_getTransactionByBlockNumberAndIndex, eth_getTransactionByBlockHashAndIndex and their raw relatives */
import type { BlockTag } from "@trireme/chain";
import { bytesToHex } from "@trireme/core";
import { required } from "../../../json-rpc/rpc-method.ts";
import { formatTransaction } from "../../format/transaction.ts";
import { blockHashTag, blockIndex, blockNumberTag } from "../../parameters/block-tag.ts";
import { ethereumMethod, type EthereumServices } from "../../services.ts";

const byNumber = [required("block", blockNumberTag), required("index", blockIndex)] as const;
const byHash = [required("blockHash", blockHashTag), required("index", blockIndex)] as const;

/** The transaction at an index of a block by number; null when there is none. */
export const getTransactionByBlockNumberAndIndex = ethereumMethod(byNumber, (services, [tag, index]) =>
  transactionAt(services, tag, index),
);

/** The transaction at an index of a block by hash; null when there is none. */
export const getTransactionByBlockHashAndIndex = ethereumMethod(byHash, (services, [tag, index]) => transactionAt(services, tag, index));

/** The bytes of a transaction at an index of a block by number; null when there is none. */
export const getRawTransactionByBlockNumberAndIndex = ethereumMethod(byNumber, (services, [tag, index]) =>
  rawTransactionAt(services, tag, index),
);

/** The bytes of a transaction at an index of a block by hash; null when there is none. */
export const getRawTransactionByBlockHashAndIndex = ethereumMethod(byHash, (services, [tag, index]) =>
  rawTransactionAt(services, tag, index),
);

async function transactionAt({ chain }: EthereumServices, tag: BlockTag, index: number): Promise<unknown> {
  const block = await chain.getBlock(tag);
  const transaction = block?.transactions[index];
  if (block === undefined || transaction === undefined) return null;
  return formatTransaction(transaction, chain.chainId, tag === "pending" ? undefined : { block, index });
}

async function rawTransactionAt({ chain }: EthereumServices, tag: BlockTag, index: number): Promise<unknown> {
  const transaction = (await chain.getBlock(tag))?.transactions[index];
  return transaction === undefined ? null : bytesToHex(transaction.raw);
}
