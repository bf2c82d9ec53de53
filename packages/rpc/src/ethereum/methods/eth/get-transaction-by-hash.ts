/** eth_getTransactionByHash */
import { required } from "../../../json-rpc/rpc-method.ts";
import { formatTransaction } from "../../format/transaction.ts";
import { hash } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** A transaction, pending or in a block; null when nobody knows it. */
export const getTransactionByHash = ethereumMethod([required("transactionHash", hash)], async ({ chain }, [transactionHash]) => {
  const found = await chain.getTransaction(transactionHash);
  if (found === undefined) return null;
  const place = found.block === undefined ? undefined : { block: found.block, index: found.index };
  return formatTransaction(found.transaction, chain.chainId, place);
});
