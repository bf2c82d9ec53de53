/** eth_getTransactionReceipt */
import type { Hash } from "@trireme/core";
import { required } from "../../../json-rpc/rpc-method.ts";
import { formatReceipt, type RpcReceipt } from "../../format/receipt.ts";
import { hash } from "../../parameters/scalar.ts";
import { ethereumMethod, type EthereumServices } from "../../services.ts";

/** What a transaction left; null while it is in no block. */
export const getTransactionReceipt = ethereumMethod([required("transactionHash", hash)], (services, [transactionHash]) =>
  receiptOf(services, transactionHash),
);

/** The receipt on the wire of a transaction; null while it is in no block. */
export async function receiptOf({ chain }: EthereumServices, transactionHash: Hash): Promise<RpcReceipt | null> {
  const receipt = await chain.getReceipt(transactionHash);
  const block = receipt === undefined ? undefined : await chain.getBlock({ hash: receipt.blockHash });
  return receipt === undefined || block === undefined ? null : formatReceipt(receipt, block);
}
