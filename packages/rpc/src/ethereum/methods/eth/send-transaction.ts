/** eth_sendTransaction, eth_sendUnsignedTransaction */
import { bytesToHex } from "@trireme/core";
import type { SubmitResult } from "@trireme/chain";
import { invalidParameter } from "../../../json-rpc/rpc-error.ts";
import { required } from "../../../json-rpc/rpc-method.ts";
import { transactionRejected } from "../../../json-rpc/wire-error.ts";
import { fillTransaction, requestOf } from "../../fill-transaction.ts";
import { transactionRequest, type TransactionRequest } from "../../parameters/call-request.ts";
import { ethereumMethod, type EthereumServices } from "../../services.ts";

/** Completes, signs and sends a transaction of an account whose key the node holds, or that is impersonated. */
export const sendTransaction = ethereumMethod([required("transaction", transactionRequest)], async (services, [request]) => {
  const submitted = await submit(services, request);
  if (submitted.kind === "rejected") throw transactionRejected(submitted.error);
  return bytesToHex(submitted.hash);
});

async function submit(services: EthereumServices, request: TransactionRequest): Promise<SubmitResult> {
  const { chain, signers } = services;
  const from = request.from ?? signers.addresses[0];
  if (from === undefined) throw invalidParameter("params[0] (transaction).from", "an address", undefined);
  const transaction = await fillTransaction(services, from, request);
  if (chain.dev?.isImpersonated(from) === true && !signers.has(from)) return chain.dev.submitUnsigned(requestOf(from, transaction));
  return chain.submit(signers.signTransaction(from, transaction));
}
