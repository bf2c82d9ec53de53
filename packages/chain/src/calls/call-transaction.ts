/** From a call request to the unsigned transaction that it stands for. */
import { keccak256, zeroAddress, type Address, type BlockContext, type Hash } from "@trireme/core";
import { gasPerBlob, type EthereumTransaction } from "@trireme/ethereum";
import type { CallRequest } from "../chain.ts";
import { simulationFormatId } from "./simulation-format.ts";

/** Prices of a request in wei per gas; both 0 when it names none. */
export interface CallPrices {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** What a request is willing to pay: nothing unless it says so, since a call need not be affordable. */
export function pricesOf(request: CallRequest, baseFeePerGas: bigint): CallPrices {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = request;
  if (gasPrice !== undefined) return { maxFeePerGas: gasPrice, maxPriorityFeePerGas: gasPrice };
  if (maxFeePerGas !== undefined) return { maxFeePerGas, maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n };
  if (maxPriorityFeePerGas === undefined || maxPriorityFeePerGas === 0n) return { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
  return { maxFeePerGas: baseFeePerGas * 2n + maxPriorityFeePerGas, maxPriorityFeePerGas };
}

/** The block that a call sees: without a price the base fee counts as 0, so that GASPRICE and BASEFEE agree (as geth). */
export function callContext(context: BlockContext, prices: CallPrices, request: CallRequest): BlockContext {
  const isFree = prices.maxFeePerGas === 0n;
  const isBlobFree = (request.maxFeePerBlobGas ?? 0n) === 0n;
  return isFree || isBlobFree
    ? { ...context, baseFeePerGas: isFree ? 0n : context.baseFeePerGas, blobBaseFee: isBlobFree ? 0n : context.blobBaseFee }
    : context;
}

/** The sender of a request. */
export function senderOf(request: CallRequest): Address {
  return request.from ?? zeroAddress;
}

/** Puts the transaction together. */
export function callTransaction(
  request: CallRequest,
  gasLimit: bigint,
  nonce: bigint,
  prices: CallPrices,
  chainId: bigint,
): EthereumTransaction {
  const { authorizationList = [], blobVersionedHashes = [] } = request;
  return {
    format: simulationFormatId,
    raw: noBytes,
    hash: noHash,
    sender: senderOf(request),
    type: authorizationList.length > 0 ? 4 : blobVersionedHashes.length > 0 ? 3 : 2,
    chainId,
    nonce,
    gasLimit,
    to: request.to,
    value: request.value ?? 0n,
    data: request.data ?? noBytes,
    ...prices,
    accessList: request.accessList ?? [],
    maxFeePerBlobGas: request.maxFeePerBlobGas ?? 0n,
    blobVersionedHashes,
    authorizationList,
    blobGas: BigInt(blobVersionedHashes.length) * gasPerBlob,
    declared: undefined,
    signature: undefined,
  };
}

const noBytes = new Uint8Array(0);
const noHash = keccak256(noBytes) as Hash;
