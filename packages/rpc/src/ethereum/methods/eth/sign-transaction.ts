/** eth_signTransaction, eth_fillTransaction */
import { bytesToHex, keccak256, type Address, type Hash } from "@trireme/core";
import { decodeTransaction, encodeUnsignedTransaction, type EthereumTransaction, type UnsignedTransaction } from "@trireme/ethereum";
import { invalidParameter, RpcError, rpcErrorCodes } from "../../../json-rpc/rpc-error.ts";
import { required } from "../../../json-rpc/rpc-method.ts";
import { fillTransaction as fill } from "../../fill-transaction.ts";
import { formatTransaction } from "../../format/transaction.ts";
import { transactionRequest } from "../../parameters/call-request.ts";
import { ethereumMethod, type EthereumServices } from "../../services.ts";

/** Completes and signs a transaction of an account whose key the node holds; gives its bytes. */
export const signTransaction = ethereumMethod([required("transaction", transactionRequest)], async (services, [request]) => {
  const from = request.from ?? services.signers.addresses[0];
  if (from === undefined) throw invalidParameter("params[0] (transaction).from", "an address", undefined);
  const raw = services.signers.signTransaction(from, await fill(services, from, request));
  return { raw: bytesToHex(raw), tx: shown(services, raw) };
});

/** Completes a transaction, for the client to sign. */
export const fillTransaction = ethereumMethod([required("transaction", transactionRequest)], async (services, [request]) => {
  if (request.from === undefined) throw invalidParameter("params[0] (transaction).from", "an address", undefined);
  const transaction = await fill(services, request.from, request);
  const raw = encodeUnsignedTransaction(transaction);
  return { raw: bytesToHex(raw), tx: unsignedFields(services, transaction, raw, request.from) };
});

function shown({ chain }: EthereumServices, raw: Uint8Array): unknown {
  const decoded = decodeTransaction(raw, { chainId: chain.chainId });
  if (decoded.kind === "invalid") throw new RpcError(rpcErrorCodes.server, decoded.error.message);
  return formatTransaction(decoded.transaction, chain.chainId, undefined);
}

function unsignedFields({ chain }: EthereumServices, unsigned: UnsignedTransaction, raw: Uint8Array, sender: Address): unknown {
  const transaction: EthereumTransaction = {
    ...unsigned,
    format: "ethereum",
    raw,
    hash: keccak256(raw) as Hash,
    sender,
    blobGas: 0n,
    declared: undefined,
    signature: undefined,
  };
  return formatTransaction(transaction, chain.chainId, undefined);
}
