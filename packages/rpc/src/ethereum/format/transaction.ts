/**
 * Transactions on the wire. Those of other dialects keep the type of their envelope, 0x74 (rule 23), and have zeros
 * where Ethereum has a signature, so that viem and ethers can read them; impersonated ones look like ordinary ones.
 */
import type { Block } from "@trireme/chain";
import {
  addressToHex,
  bytesToHex,
  decodeDialectEnvelope,
  dialectTransactionType,
  emptyBytes,
  zeroAddress,
  type Address,
  type Hex,
  type Transaction,
} from "@trireme/core";
import {
  impersonatedFormatId,
  type AccessListEntry,
  type Authorization,
  type EthereumTransaction,
  type Signature,
} from "@trireme/ethereum";
import { toQuantity } from "./quantity.ts";

/** Fields by their name on the wire. */
export type RpcTransaction = Readonly<Record<string, unknown>>;

/** Where a transaction stands; undefined for a pending one. */
export interface TransactionPlace {
  readonly block: Block;
  readonly index: number;
}

/** Whether a transaction is one of Ethereum's, signed or impersonated. */
export function isEthereumTransaction(transaction: Transaction): transaction is EthereumTransaction {
  return transaction.format === "ethereum" || transaction.format === impersonatedFormatId;
}

/** Sender and input of a transaction of another dialect, whose frames are a list; undefined for one of Ethereum's. */
export function batchOf(transaction: Transaction): { readonly sender: Address; readonly input: Uint8Array } | undefined {
  if (isEthereumTransaction(transaction)) return undefined;
  return { sender: transaction.sender, input: decodeDialectEnvelope(transaction.raw)?.payload ?? emptyBytes };
}

/** A transaction as eth_getTransactionByHash gives it. */
export function formatTransaction(transaction: Transaction, chainId: bigint, place: TransactionPlace | undefined): RpcTransaction {
  const header = place?.block.header;
  const common = {
    blockHash: place === undefined ? null : bytesToHex(place.block.hash),
    blockNumber: header === undefined ? null : toQuantity(header.number),
    blockTimestamp: header === undefined ? null : toQuantity(header.timestamp),
    transactionIndex: place === undefined ? null : toQuantity(place.index),
    hash: bytesToHex(transaction.hash),
    from: addressToHex(transaction.sender),
    gas: toQuantity(transaction.gasLimit),
    nonce: toQuantity(transaction.nonce ?? 0n),
    gasPrice: toQuantity(gasPriceOf(transaction, header?.baseFeePerGas)),
  };
  if (isEthereumTransaction(transaction)) return { ...common, ...ethereumFields(transaction, chainId) };
  return {
    ...common,
    type: toQuantity(dialectTransactionType),
    chainId: toQuantity(chainId),
    dialect: transaction.format,
    // Neither library reads a null here as anything but a deployment.
    to: addressToHex(zeroAddress),
    value: "0x0",
    input: bytesToHex(batchOf(transaction)?.input ?? emptyBytes),
    maxFeePerGas: toQuantity(transaction.maxFeePerGas),
    maxPriorityFeePerGas: toQuantity(transaction.maxPriorityFeePerGas),
    accessList: [],
    v: "0x0",
    r: "0x0",
    s: "0x0",
    yParity: "0x0",
  };
}

/** Wei per gas: what it pays in a block, the most that it offers before. */
function gasPriceOf(transaction: Transaction, baseFee: bigint | undefined): bigint {
  if (baseFee === undefined) return transaction.maxFeePerGas;
  const wanted = baseFee + transaction.maxPriorityFeePerGas;
  return wanted < transaction.maxFeePerGas ? wanted : transaction.maxFeePerGas;
}

function ethereumFields(transaction: EthereumTransaction, chainId: bigint): RpcTransaction {
  const { type } = transaction;
  const signature: Signature = transaction.signature ?? { yParity: 0, r: 0n, s: 0n };
  const ownChainId = transaction.chainId ?? (transaction.signature === undefined ? chainId : undefined);
  return {
    type: toQuantity(type),
    to: transaction.to === undefined ? null : addressToHex(transaction.to),
    value: toQuantity(transaction.value),
    input: bytesToHex(transaction.data),
    ...(ownChainId === undefined ? {} : { chainId: toQuantity(ownChainId) }),
    ...(type >= 1 ? { accessList: transaction.accessList.map(formatAccessListEntry) } : {}),
    ...(type >= 2
      ? { maxFeePerGas: toQuantity(transaction.maxFeePerGas), maxPriorityFeePerGas: toQuantity(transaction.maxPriorityFeePerGas) }
      : {}),
    ...(type === 3
      ? {
          maxFeePerBlobGas: toQuantity(transaction.maxFeePerBlobGas),
          blobVersionedHashes: transaction.blobVersionedHashes.map(bytesToHex),
        }
      : {}),
    ...(type === 4 ? { authorizationList: transaction.authorizationList.map(formatAuthorization) } : {}),
    v: toQuantity(vOf(transaction, signature)),
    r: toQuantity(signature.r),
    s: toQuantity(signature.s),
    ...(type >= 1 ? { yParity: toQuantity(signature.yParity) } : {}),
  };
}

/** EIP-155's v for a legacy transaction, the parity for the others. */
function vOf(transaction: EthereumTransaction, signature: Signature): bigint {
  const parity = BigInt(signature.yParity);
  if (transaction.type !== 0 || transaction.signature === undefined) return parity;
  return transaction.chainId === undefined ? 27n + parity : 35n + transaction.chainId * 2n + parity;
}

/** One account of an access list. */
export function formatAccessListEntry(entry: AccessListEntry): { readonly address: Hex; readonly storageKeys: readonly Hex[] } {
  return { address: addressToHex(entry.address), storageKeys: entry.storageKeys.map(bytesToHex) };
}

function formatAuthorization(authorization: Authorization): RpcTransaction {
  return {
    chainId: toQuantity(authorization.chainId),
    address: addressToHex(authorization.address),
    nonce: toQuantity(authorization.nonce),
    yParity: toQuantity(authorization.yParity),
    r: toQuantity(authorization.r),
    s: toQuantity(authorization.s),
  };
}
