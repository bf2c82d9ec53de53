/** eth_sendRawTransaction */
import { bytesToHex } from "@trireme/core";
import { required } from "../../../json-rpc/rpc-method.ts";
import { transactionRejected } from "../../../json-rpc/wire-error.ts";
import { unwrapBlobTransaction } from "../../blob-sidecar.ts";
import { data } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** Hands a signed transaction to the chain; gives its hash. */
export const sendRawTransaction = ethereumMethod([required("transaction", data())], async ({ chain }, [raw]) => {
  const submitted = await chain.submit(unwrapBlobTransaction(raw));
  if (submitted.kind === "rejected") throw transactionRejected(submitted.error);
  return bytesToHex(submitted.hash);
});
