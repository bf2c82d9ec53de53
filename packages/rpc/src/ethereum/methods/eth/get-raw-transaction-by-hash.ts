/** eth_getRawTransactionByHash, debug_getRawTransaction */
import { bytesToHex } from "@trireme/core";
import { required } from "../../../json-rpc/rpc-method.ts";
import { hash } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** The bytes of a transaction; null when nobody knows it. */
export const getRawTransactionByHash = ethereumMethod([required("transactionHash", hash)], async ({ chain }, [transactionHash]) => {
  const found = await chain.getTransaction(transactionHash);
  return found === undefined ? null : bytesToHex(found.transaction.raw);
});
