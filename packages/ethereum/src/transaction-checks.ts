/** What a transaction must satisfy against block and state before it may run; the order is geth's. */
import {
  bytesToHex,
  delegationTarget,
  isAtLeast,
  type BlockContext,
  type BlockRoom,
  type Host,
  type TransactionError,
} from "@trireme/core";
import type { EthereumTransaction } from "./ethereum-transaction.ts";
import { blobScheduleOf, gasPerBlob, maxBlobsPerTransaction } from "./fee-market.ts";
import { maxInitCodeSize } from "./intrinsic-gas.ts";

/** Gas that one transaction may take from Osaka on (EIP-7825): 2^24. */
export const maxTransactionGas = 1n << 24n;

const MAX_NONCE = (1n << 64n) - 1n;
/** First byte of a KZG commitment's versioned hash (EIP-4844). */
const BLOB_HASH_VERSION = 0x01;

/** Why a transaction is refused, with the code that users match on. */
export function transactionError(code: string, message: string, isTemporary = false): TransactionError {
  return isTemporary ? { code, message, isTemporary } : { code, message };
}

/** The first rule that `transaction` breaks, or undefined. `gas` is what it must at least pay for. */
export function checkTransaction(
  transaction: EthereumTransaction,
  host: Host,
  block: BlockContext,
  room: BlockRoom,
  gas: { readonly intrinsic: bigint; readonly floor: bigint },
): TransactionError | undefined {
  return (
    checkType(transaction, block) ??
    checkSender(transaction, host) ??
    checkFees(transaction, block) ??
    checkBlobs(transaction, block) ??
    checkAuthorizations(transaction) ??
    checkFunds(transaction, host) ??
    checkRoom(transaction, block, room) ??
    checkGas(transaction, block, gas)
  );
}

function checkType({ type }: EthereumTransaction, block: BlockContext): TransactionError | undefined {
  const since = type === 3 ? "cancun" : type === 4 ? "prague" : "london";
  if (isAtLeast(block.hardfork, since)) return undefined;
  return transactionError(
    "typeNotSupported",
    `expected a transaction type of ${block.hardfork}, got type ${type}, which begins with ${since}`,
  );
}

function checkSender(transaction: EthereumTransaction, host: Host): TransactionError | undefined {
  const { sender, nonce } = transaction;
  const expected = host.getNonce(sender);
  if (nonce > expected) return transactionError("nonceTooHigh", `expected nonce ${expected}, got ${nonce}`, true);
  if (nonce < expected) return transactionError("nonceTooLow", `expected nonce ${expected}, got ${nonce}`);
  if (nonce === MAX_NONCE) return transactionError("nonceMax", "expected a nonce below 2^64 - 1 (EIP-2681)");
  // EIP-3607; a delegation is no contract (EIP-7702). An impersonated sender may be one: that is what it is for.
  if (transaction.signature === undefined) return undefined;
  const code = host.getCode(sender);
  if (code.length === 0 || delegationTarget(code) !== undefined) return undefined;
  return transactionError("senderNotEoa", `expected a sender without code (EIP-3607), got ${bytesToHex(sender)} with ${code.length} bytes`);
}

function checkFees({ maxFeePerGas, maxPriorityFeePerGas }: EthereumTransaction, block: BlockContext): TransactionError | undefined {
  if (maxPriorityFeePerGas > maxFeePerGas) {
    return transactionError(
      "tipAboveFeeCap",
      `expected a priority fee of at most maxFeePerGas ${maxFeePerGas} wei, got ${maxPriorityFeePerGas}`,
    );
  }
  if (maxFeePerGas >= block.baseFeePerGas) return undefined;
  return transactionError(
    "feeCapTooLow",
    `expected maxFeePerGas of at least the base fee ${block.baseFeePerGas} wei, got ${maxFeePerGas}`,
    true,
  );
}

function checkBlobs(transaction: EthereumTransaction, block: BlockContext): TransactionError | undefined {
  if (transaction.type !== 3) return undefined;
  const { to, blobVersionedHashes, maxFeePerBlobGas } = transaction;
  if (to === undefined)
    return transactionError("blobTransactionCreate", "expected a recipient in a blob transaction, got a contract creation");
  if (blobVersionedHashes.length === 0)
    return transactionError("missingBlobHashes", "expected at least one blob in a blob transaction, got none");
  const max = isAtLeast(block.hardfork, "osaka") ? maxBlobsPerTransaction : blobScheduleOf(block.hardfork)?.max;
  if (max !== undefined && blobVersionedHashes.length > max) {
    return transactionError("tooManyBlobs", `expected at most ${max} blobs in a transaction, got ${blobVersionedHashes.length}`);
  }
  const odd = blobVersionedHashes.find((hash) => hash[0] !== BLOB_HASH_VERSION);
  if (odd !== undefined) return transactionError("invalidBlobVersion", `expected blob hashes of version 0x01, got ${bytesToHex(odd)}`);
  if (maxFeePerBlobGas >= block.blobBaseFee) return undefined;
  return transactionError(
    "blobFeeCapTooLow",
    `expected maxFeePerBlobGas of at least ${block.blobBaseFee} wei, got ${maxFeePerBlobGas}`,
    true,
  );
}

function checkAuthorizations({ type, to, authorizationList }: EthereumTransaction): TransactionError | undefined {
  if (type !== 4) return undefined;
  if (to === undefined)
    return transactionError("setCodeTransactionCreate", "expected a recipient in a set-code transaction, got a contract creation");
  return authorizationList.length > 0
    ? undefined
    : transactionError("emptyAuthorizationList", "expected at least one authorization in a set-code transaction, got none");
}

function checkFunds(transaction: EthereumTransaction, host: Host): TransactionError | undefined {
  const { sender, gasLimit, maxFeePerGas, value, blobGas, maxFeePerBlobGas } = transaction;
  const cost = gasLimit * maxFeePerGas + value + blobGas * maxFeePerBlobGas;
  const balance = host.getBalance(sender);
  if (balance >= cost) return undefined;
  return transactionError("insufficientFunds", `expected a balance of at least ${cost} wei for gas and value, got ${balance} wei`, true);
}

function checkRoom({ gasLimit, blobGas }: EthereumTransaction, block: BlockContext, room: BlockRoom): TransactionError | undefined {
  if (isAtLeast(block.hardfork, "osaka") && gasLimit > maxTransactionGas) {
    return transactionError("gasLimitTooHigh", `expected a gas limit of at most ${maxTransactionGas} (EIP-7825), got ${gasLimit}`);
  }
  if (gasLimit > room.gasLeft) {
    return transactionError(
      "gasLimitReached",
      `expected a gas limit of at most the ${room.gasLeft} gas left in the block, got ${gasLimit}`,
      gasLimit <= block.gasLimit,
    );
  }
  if (blobGas <= room.blobGasLeft) return undefined;
  return transactionError(
    "blobGasReached",
    `expected at most the ${room.blobGasLeft / gasPerBlob} blobs left in the block, got ${blobGas / gasPerBlob}`,
    true,
  );
}

function checkGas(
  { gasLimit, to, data }: EthereumTransaction,
  block: BlockContext,
  gas: { readonly intrinsic: bigint; readonly floor: bigint },
): TransactionError | undefined {
  if (gasLimit < gas.intrinsic)
    return transactionError("intrinsicGasTooLow", `expected a gas limit of at least ${gas.intrinsic}, got ${gasLimit}`);
  if (gasLimit < gas.floor) {
    return transactionError(
      "floorGasTooLow",
      `expected a gas limit of at least ${gas.floor} for this calldata (EIP-7623), got ${gasLimit}`,
    );
  }
  if (to !== undefined || data.length <= maxInitCodeSize || !isAtLeast(block.hardfork, "shanghai")) return undefined;
  return transactionError("initCodeTooLarge", `expected init code of at most ${maxInitCodeSize} bytes (EIP-3860), got ${data.length}`);
}
