/** Receipts on the wire. */
import type { Block, Receipt } from "@trireme/chain";
import { addressToHex, bytesToHex, dialectTransactionType, zeroAddress, type Transaction } from "@trireme/core";
import { formatLogs } from "./log.ts";
import { toQuantity } from "./quantity.ts";
import { isEthereumTransaction } from "./transaction.ts";

/** Fields by their name on the wire. */
export type RpcReceipt = Readonly<Record<string, unknown>>;

/** A receipt as eth_getTransactionReceipt gives it. */
export function formatReceipt(receipt: Receipt, block: Block): RpcReceipt {
  const transaction = block.transactions[receipt.transactionIndex];
  const type = typeOf(receipt, transaction);
  return {
    transactionHash: bytesToHex(receipt.transactionHash),
    transactionIndex: toQuantity(receipt.transactionIndex),
    blockHash: bytesToHex(receipt.blockHash),
    blockNumber: toQuantity(receipt.blockNumber),
    from: addressToHex(receipt.from),
    to: type === dialectTransactionType ? addressToHex(zeroAddress) : receipt.to === undefined ? null : addressToHex(receipt.to),
    contractAddress: receipt.contractAddress === undefined ? null : addressToHex(receipt.contractAddress),
    cumulativeGasUsed: toQuantity(receipt.cumulativeGasUsed),
    gasUsed: toQuantity(receipt.gasUsed),
    effectiveGasPrice: toQuantity(receipt.effectiveGasPrice),
    ...(type === 3 ? { blobGasUsed: toQuantity(receipt.blobGasUsed), blobGasPrice: toQuantity(receipt.blobGasPrice) } : {}),
    logs: formatLogs(receipt, block),
    logsBloom: bytesToHex(receipt.logsBloom),
    status: receipt.succeeded ? "0x1" : "0x0",
    type: toQuantity(type),
    ...(receipt.programLogs.length === 0 ? {} : { programLogs: receipt.programLogs }),
  };
}

/** An impersonated transaction stands in an envelope and shows as the type that it would have been. */
function typeOf(receipt: Receipt, transaction: Transaction | undefined): number {
  return transaction !== undefined && isEthereumTransaction(transaction) ? transaction.type : receipt.type;
}
