/** eth_sendTransaction, eth_sendUnsignedTransaction */
import { addressToHex, bytesToHex, type Address } from "@trireme/core";
import type { SubmitResult } from "@trireme/chain";
import { invalidParameter } from "../../../json-rpc/rpc-error.ts";
import { required } from "../../../json-rpc/rpc-method.ts";
import { transactionRejected } from "../../../json-rpc/wire-error.ts";
import { fillTransaction, requestOf } from "../../fill-transaction.ts";
import { transactionRequest, type TransactionRequest } from "../../parameters/call-request.ts";
import { ethereumMethod, type EthereumServices } from "../../services.ts";

/** Completes, signs and sends a transaction of an account whose key the node holds, or that is impersonated. */
export const sendTransaction = ethereumMethod([required("transaction", transactionRequest)], async (services, [request]) => {
  const from = request.from ?? services.signers.addresses[0];
  if (from === undefined) throw invalidParameter("params[0] (transaction).from", "an address", undefined);
  // One sender's transactions are completed one after the other: the nonce of the next counts the one before.
  const submitted = await services.senders.run(addressToHex(from), () => submit(services, from, request));
  if (submitted.kind === "rejected") throw transactionRejected(submitted.error);
  return bytesToHex(submitted.hash);
});

async function submit(services: EthereumServices, from: Address, request: TransactionRequest): Promise<SubmitResult> {
  const { chain, signers } = services;
  const transaction = await fillTransaction(services, from, request);
  if (chain.dev?.isImpersonated(from) === true && !signers.has(from)) return chain.dev.submitUnsigned(requestOf(from, transaction));
  return chain.submit(signers.signTransaction(from, transaction));
}
