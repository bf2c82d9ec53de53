/** Completes a transaction that a client left for the node to sign: nonce, gas, fees, type. */
import type { CallRequest } from "@trireme/chain";
import { emptyBytes, type Address } from "@trireme/core";
import type { EthereumTransactionType, UnsignedTransaction } from "@trireme/ethereum";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import { transactionRejected } from "../json-rpc/wire-error.ts";
import { suggestedTip } from "./fees.ts";
import { failedCall } from "./failed-call.ts";
import type { TransactionRequest } from "./parameters/call-request.ts";
import type { EthereumServices } from "./services.ts";

/** The transaction as it would be signed. @throws RpcError when it cannot run, or contradicts the chain */
export async function fillTransaction(
  services: EthereumServices,
  from: Address,
  request: TransactionRequest,
): Promise<UnsignedTransaction> {
  const { chain } = services;
  if (request.chainId !== undefined && request.chainId !== chain.chainId) {
    throw new RpcError(rpcErrorCodes.invalidParams, `invalid chainId: expected ${chain.chainId}, got ${request.chainId}`);
  }
  const type = typeOf(request);
  const fees = await feesOf(services, request, type);
  const nonce = request.nonce ?? chain.mempool.nextNonce(from);
  return {
    type,
    chainId: chain.chainId,
    nonce,
    gasLimit: request.gas ?? (await estimate(services, { ...callFields(request), from, nonce })),
    to: request.to,
    value: request.value ?? 0n,
    data: request.data ?? emptyBytes,
    ...fees,
    accessList: request.accessList ?? [],
    maxFeePerBlobGas: type === 3 ? (request.maxFeePerBlobGas ?? chain.nextBlobBaseFee() * 2n) : 0n,
    blobVersionedHashes: request.blobVersionedHashes ?? [],
    authorizationList: request.authorizationList ?? [],
  };
}

/** The request with every field of the completed transaction. */
export function requestOf(from: Address, transaction: UnsignedTransaction): CallRequest & { readonly from: Address } {
  const { type, to, gasLimit, maxFeePerGas, maxPriorityFeePerGas, value, data, nonce } = transaction;
  return {
    from,
    ...(to === undefined ? {} : { to }),
    gas: gasLimit,
    value,
    data,
    nonce,
    ...(type < 2 ? { gasPrice: maxFeePerGas } : { maxFeePerGas, maxPriorityFeePerGas }),
    ...(type === 0 ? {} : { accessList: transaction.accessList }),
    ...(type === 3 ? { blobVersionedHashes: transaction.blobVersionedHashes, maxFeePerBlobGas: transaction.maxFeePerBlobGas } : {}),
    ...(type === 4 ? { authorizationList: transaction.authorizationList } : {}),
  };
}

function typeOf(request: TransactionRequest): EthereumTransactionType {
  if (request.type !== undefined) {
    if (request.type > 4)
      throw new RpcError(rpcErrorCodes.invalidParams, `invalid type: expected 0x0 to 0x4, got 0x${request.type.toString(16)}`);
    return request.type as EthereumTransactionType;
  }
  if (request.authorizationList !== undefined) return 4;
  if (request.blobVersionedHashes !== undefined) return 3;
  if (request.gasPrice !== undefined) return request.accessList === undefined ? 0 : 1;
  return 2;
}

async function feesOf(
  services: EthereumServices,
  request: TransactionRequest,
  type: EthereumTransactionType,
): Promise<Pick<UnsignedTransaction, "maxFeePerGas" | "maxPriorityFeePerGas">> {
  const baseFee = services.chain.nextBaseFee();
  if (type < 2) {
    const gasPrice = request.gasPrice ?? request.maxFeePerGas ?? baseFee + (await suggestedTip(services.chain));
    return { maxFeePerGas: gasPrice, maxPriorityFeePerGas: gasPrice };
  }
  const limit = request.maxFeePerGas ?? request.gasPrice;
  const tip = request.maxPriorityFeePerGas ?? (await suggestedTip(services.chain));
  const maxFeePerGas = limit ?? baseFee * 2n + tip;
  return { maxFeePerGas, maxPriorityFeePerGas: request.maxPriorityFeePerGas ?? (tip < maxFeePerGas ? tip : maxFeePerGas) };
}

async function estimate(services: EthereumServices, request: CallRequest): Promise<bigint> {
  const estimated = await services.chain.estimateGas(request, { block: "pending", milliseconds: services.limits.callMilliseconds });
  if (estimated.kind === "failed") throw await failedCall(services, request, { block: "pending" }, estimated.result);
  if (estimated.kind === "invalid") throw transactionRejected(estimated.error);
  return estimated.gas;
}

/** Without what is no field of a call. */
function callFields(request: TransactionRequest): CallRequest {
  const { chainId: _chainId, type: _type, ...fields } = request;
  return fields;
}
