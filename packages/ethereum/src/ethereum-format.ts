/** Ethereum's dialect: what a transaction of types 0 to 4 must satisfy, pays and gets back. */
import {
  createAddress,
  gasLeftOf,
  isAtLeast,
  type BlockContext,
  type BlockRoom,
  type ExecutionResult,
  type Host,
  type Message,
  type Settlement,
  type TransactionError,
  type TransactionFormat,
} from "@trireme/core";
import { applyAuthorizations, delegateOf } from "./authorization.ts";
import { decodeKnownTransaction, decodeTransaction } from "./decode-transaction.ts";
import type { EthereumTransaction } from "./ethereum-transaction.ts";
import { floorGas, intrinsicGas } from "./intrinsic-gas.ts";
import { precompileAddresses } from "./precompile-addresses.ts";
import type { PreparedEthereumTransaction } from "./prepared-transaction.ts";
import { checkTransaction } from "./transaction-checks.ts";

/** Refunds are at most this part of the gas used (EIP-3529). */
const MAX_REFUND_QUOTIENT = 5n;

/** Makes the format of signed Ethereum transactions. */
export function createEthereumFormat(): TransactionFormat<EthereumTransaction, PreparedEthereumTransaction> {
  return {
    id: "ethereum",
    recognizes: (raw) => raw.length > 0 && ((raw[0] as number) >= 0xc0 || ((raw[0] as number) >= 1 && (raw[0] as number) <= 4)),
    decode: decodeTransaction,
    decodeKnown: (raw, _rules, sender, hash) => decodeKnownTransaction(raw, sender, hash),
    ...ethereumExecution,
  };
}

/** Prepare, charge and settle: the same whether the sender signed or is impersonated. */
export const ethereumExecution: Pick<
  TransactionFormat<EthereumTransaction, PreparedEthereumTransaction>,
  "prepare" | "charge" | "settle"
> = { prepare, charge, settle };

function prepare(
  transaction: EthereumTransaction,
  host: Host,
  block: BlockContext,
  room: BlockRoom,
): PreparedEthereumTransaction | { readonly kind: "invalid"; readonly error: TransactionError } {
  const gas = { intrinsic: intrinsicGas(transaction, block.hardfork), floor: floorGas(transaction.data, block.hardfork) };
  const error = checkTransaction(transaction, host, block, room, gas);
  if (error !== undefined) return { kind: "invalid", error };
  const offered = block.baseFeePerGas + transaction.maxPriorityFeePerGas;
  const effectiveGasPrice = offered < transaction.maxFeePerGas ? offered : transaction.maxFeePerGas;
  return {
    kind: "prepared",
    transaction,
    context: { origin: transaction.sender, gasPrice: effectiveGasPrice, blobHashes: transaction.blobVersionedHashes },
    frames: [frameOf(transaction, transaction.gasLimit - gas.intrinsic)],
    effectiveGasPrice,
    floorGas: gas.floor,
    blobFee: transaction.blobGas * block.blobBaseFee,
    authorizationRefund: 0n,
  };
}

function frameOf(transaction: EthereumTransaction, gas: bigint): Message {
  const { sender, to, value, data } = transaction;
  const frame = { sender, value, gas, depth: 0, isStatic: false };
  if (to === undefined) {
    return { kind: "create", scheme: "create", recipient: createAddress(sender, transaction.nonce), initCode: data, ...frame };
  }
  return { kind: "call", scheme: "call", recipient: to, codeAddress: to, input: data, ...frame };
}

function charge(prepared: PreparedEthereumTransaction, host: Host): void {
  const { transaction, effectiveGasPrice, blobFee } = prepared;
  const { sender, to } = transaction;
  host.setBalance(sender, host.getBalance(sender) - transaction.gasLimit * effectiveGasPrice - blobFee);
  host.setNonce(sender, transaction.nonce + 1n);

  // EIP-2929 and EIP-2930; the coinbase since Shanghai (EIP-3651).
  host.accessAccount(sender);
  if (to !== undefined) host.accessAccount(to);
  if (isAtLeast(host.block.hardfork, "shanghai")) host.accessAccount(host.block.coinbase);
  for (const address of precompileAddresses(host.block.hardfork)) host.accessAccount(address);
  for (const { address, storageKeys } of transaction.accessList) {
    host.accessAccount(address);
    for (const key of storageKeys) host.accessStorage(address, key);
  }

  if (!isAtLeast(host.block.hardfork, "prague")) return;
  prepared.authorizationRefund = applyAuthorizations(transaction.authorizationList, host);
  const delegate = to === undefined ? undefined : delegateOf(to, host);
  if (delegate !== undefined) host.accessAccount(delegate);
}

function settle(prepared: PreparedEthereumTransaction, result: ExecutionResult, host: Host): Settlement {
  const { transaction, effectiveGasPrice } = prepared;
  const { gasLimit } = transaction;
  const spent = gasLimit - gasLeftOf(result);
  const earned = prepared.authorizationRefund + (result.kind === "success" ? result.gasRefund : 0n);
  const cap = spent / MAX_REFUND_QUOTIENT;
  const afterRefund = spent - (earned < 0n ? 0n : earned < cap ? earned : cap);
  const gasUsed = afterRefund > prepared.floorGas ? afterRefund : prepared.floorGas;

  if (gasUsed < gasLimit) host.credit(transaction.sender, (gasLimit - gasUsed) * effectiveGasPrice);
  const { coinbase, baseFeePerGas } = host.block;
  const tip = gasUsed * (effectiveGasPrice - baseFeePerGas);
  // A coinbase that earns nothing is touched all the same: an empty one does not stay (EIP-161).
  if (tip > 0n) host.credit(coinbase, tip);
  else host.touch(coinbase);
  return { gasUsed, effectiveGasPrice, blobGasUsed: transaction.blobGas, burnt: gasUsed * baseFeePerGas + prepared.blobFee };
}
