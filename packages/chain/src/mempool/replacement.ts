/** When a transaction may take the place of another, and how the mempool says no. */
import { bytesToHex, type Hash, type Transaction, type TransactionError } from "@trireme/core";

/** Percent by which a replacement must raise both fees, so that replacing costs more than relaying it. */
export const replacementBumpPercent = 10n;

/** Whether `next` raises both fees of `previous` enough; the total price strictly, a tip of 0 may stay 0. */
export function isSufficientBump(previous: Transaction, next: Transaction): boolean {
  return (
    next.maxFeePerGas > previous.maxFeePerGas &&
    next.maxFeePerGas >= bumped(previous.maxFeePerGas) &&
    next.maxPriorityFeePerGas >= bumped(previous.maxPriorityFeePerGas)
  );
}

function bumped(price: bigint): bigint {
  return (price * (100n + replacementBumpPercent) + 99n) / 100n;
}

/** The mempool's refusals. Codes are stable; those of a dialect come from its format. */
export const mempoolErrors = {
  alreadyKnown: (hash: Hash): TransactionError => ({
    code: "alreadyKnown",
    message: `already known: ${bytesToHex(hash)} is in the mempool`,
  }),
  nonceTooLow: (expected: bigint, got: bigint): TransactionError => ({
    code: "nonceTooLow",
    message: `nonce too low: expected at least ${expected}, got ${got}`,
  }),
  replacementUnderpriced: (previous: Transaction, next: Transaction): TransactionError => ({
    code: "replacementUnderpriced",
    message:
      `replacement transaction underpriced: expected fees of at least ${bumped(previous.maxFeePerGas)} (tip ${bumped(previous.maxPriorityFeePerGas)}) wei per gas, ` +
      `got ${next.maxFeePerGas} (tip ${next.maxPriorityFeePerGas})`,
  }),
  senderLimit: (limit: number): TransactionError => ({
    code: "senderLimit",
    message: `too many transactions of one sender: expected at most ${limit} in the mempool`,
    isTemporary: true,
  }),
  mempoolFull: (limit: number): TransactionError => ({
    code: "mempoolFull",
    message: `mempool is full: expected a price above that of the cheapest of its ${limit} transactions`,
    isTemporary: true,
  }),
  underpriced: (minimum: bigint, got: bigint): TransactionError => ({
    code: "underpriced",
    message: `transaction underpriced: expected a tip of at least ${minimum} wei per gas, got ${got}`,
  }),
  gasLimitTooHigh: (limit: bigint, got: bigint): TransactionError => ({
    code: "gasLimitTooHigh",
    message: `exceeds block gas limit: expected a gas limit of at most ${limit}, got ${got}`,
  }),
  tooLarge: (limit: number, got: number): TransactionError => ({
    code: "transactionTooLarge",
    message: `oversized data: expected a transaction of at most ${limit} bytes, got ${got}`,
  }),
  unknownDialect: (formats: readonly string[], start: string): TransactionError => ({
    code: "unknownDialect",
    message: `expected a transaction of a dialect that this chain speaks (${formats.join(", ")}), got bytes that start with ${start}`,
  }),
  hostFault: (hash: Hash, reason: string): TransactionError => ({
    code: "hostFault",
    message: `${bytesToHex(hash)} made the host fail twice and left the mempool: ${reason}`,
  }),
  stopped: (reason: string): TransactionError => ({ code: "DATABASE_WRITE_FAILED", message: `the chain has stopped: ${reason}` }),
};
