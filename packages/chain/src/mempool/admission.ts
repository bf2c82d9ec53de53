/** What a transaction must satisfy to enter the mempool: its own bytes, the chain's limits, the state at the head. */
import {
  bytesToHex,
  type BlockContext,
  type Decoded,
  type Hash,
  type Host,
  type Transaction,
  type TransactionError,
  type TransactionFormat,
} from "@trireme/core";
import type { HostExecutor } from "@trireme/host";
import { createJournal, type StateReader } from "@trireme/state";
import { maxBlobGas } from "../block/block-seed.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import { mempoolErrors } from "./replacement.ts";

/** What admission looks at. */
export interface AdmissionParts {
  readonly definition: ChainDefinition;
  readonly formats: readonly TransactionFormat[];
  readonly executor: HostExecutor;
  /** State at the head. */
  readonly reader: () => StateReader;
  /** The next block. */
  readonly context: () => BlockContext;
  readonly getBlockHash: (number: bigint) => Hash | undefined;
}

/** @see createAdmission */
export interface Admission {
  /** Why bytes are not even read: too many of them, or of no dialect of the chain. */
  refuse(raw: Uint8Array): TransactionError | undefined;
  /** Reads bytes of any dialect of the chain and checks what needs no state. Total. */
  decode(raw: Uint8Array): Decoded;
  /** The transaction with the accounts that it declares in tables of the state, for whoever schedules it. */
  lookUp(transaction: Transaction): Transaction;
  /** Why a decoded transaction may not wait for a block. */
  check(transaction: Transaction): TransactionError | undefined;
}

/** Makes the door of a mempool. */
export function createAdmission({ definition, formats, executor, reader, context, getBlockHash }: AdmissionParts): Admission {
  const { limits, fees, chainId } = definition;
  const rules = { chainId };
  const names = definition.formats.map(({ id }) => id);
  const formatOf = (raw: Uint8Array): TransactionFormat | undefined => formats.find((candidate) => candidate.recognizes(raw));
  const tooLarge = ({ length }: Uint8Array): TransactionError | undefined =>
    length > limits.transactionSize ? mempoolErrors.tooLarge(limits.transactionSize, length) : undefined;
  const unknownDialect = (raw: Uint8Array): TransactionError => mempoolErrors.unknownDialect(names, bytesToHex(raw.subarray(0, 8)));
  return {
    refuse: (raw) => tooLarge(raw) ?? (formatOf(raw) === undefined ? unknownDialect(raw) : undefined),
    decode: (raw) => {
      const large = tooLarge(raw);
      if (large !== undefined) return { kind: "invalid", error: large };
      return formatOf(raw)?.decode(raw, rules) ?? { kind: "invalid", error: unknownDialect(raw) };
    },
    lookUp: (transaction) => {
      const hasTables = formats.find(({ id }) => id === transaction.format)?.resolve !== undefined;
      if (transaction.declared !== undefined || !hasTables) return transaction;
      const declared = executor.accountsDeclaredBy(transaction, createJournal(reader()), context());
      return declared === undefined ? transaction : { ...transaction, hints: { accounts: [], slots: [], ...transaction.hints, declared } };
    },
    check: (transaction) => {
      const block = context();
      if (transaction.gasLimit > block.gasLimit) return mempoolErrors.gasLimitTooHigh(block.gasLimit, transaction.gasLimit);
      if (transaction.maxPriorityFeePerGas < fees.minimumPriorityFeePerGas) {
        return mempoolErrors.underpriced(fees.minimumPriorityFeePerGas, transaction.maxPriorityFeePerGas);
      }
      // What may change before its block comes is not held against it: the nonce before it, and the prices.
      const waiting = { ...block, baseFeePerGas: 0n, blobBaseFee: 0n };
      const room = { gasLeft: block.gasLimit, blobGasLeft: maxBlobGas(block.hardfork) };
      const { nonce, sender } = transaction;
      const raiseNonce = (host: Host): void => {
        if (nonce !== undefined && nonce > host.getNonce(sender)) host.setNonce(sender, nonce);
      };
      return executor.checkTransaction(transaction, createJournal(reader()), waiting, room, raiseNonce, { getBlockHash });
    },
  };
}
