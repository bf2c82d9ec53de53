/** Fills in what a request for an unsigned transaction leaves open. */
import type { EthereumTransactionType, UnsignedTransaction } from "@trireme/ethereum";
import type { CallRequest } from "../chain.ts";

/** Tip of a transaction that names no price: 1 gwei. */
const defaultTip = 1_000_000_000n;

/** The transaction of a request; its type follows from the fields that are there, EIP-1559 by default. */
export function unsignedTransaction(
  request: CallRequest,
  open: { readonly chainId: bigint; readonly nonce: bigint; readonly gasLimit: bigint; readonly baseFeePerGas: bigint },
): UnsignedTransaction {
  const { gasPrice, accessList = [], authorizationList = [], blobVersionedHashes = [] } = request;
  const type: EthereumTransactionType =
    authorizationList.length > 0 ? 4 : blobVersionedHashes.length > 0 ? 3 : gasPrice === undefined ? 2 : accessList.length > 0 ? 1 : 0;
  const isPriced = request.maxFeePerGas !== undefined;
  const maxFeePerGas = gasPrice ?? request.maxFeePerGas ?? open.baseFeePerGas * 2n + (request.maxPriorityFeePerGas ?? defaultTip);
  const tip = request.maxPriorityFeePerGas ?? (isPriced && maxFeePerGas < defaultTip ? maxFeePerGas : defaultTip);
  return {
    type,
    chainId: open.chainId,
    nonce: request.nonce ?? open.nonce,
    gasLimit: request.gas ?? open.gasLimit,
    to: request.to,
    value: request.value ?? 0n,
    data: request.data ?? new Uint8Array(0),
    maxFeePerGas,
    maxPriorityFeePerGas: gasPrice ?? tip,
    accessList,
    maxFeePerBlobGas: request.maxFeePerBlobGas ?? 0n,
    blobVersionedHashes,
    authorizationList,
  };
}
