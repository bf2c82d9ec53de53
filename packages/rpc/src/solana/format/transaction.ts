/** Transactions and their results on the wire. */
import { base58 } from "@scure/base";
import type { Block, Receipt } from "@trireme/chain";
import { pubkeyToBase58, solanaIdOfEthereumTransaction, type Transaction } from "@trireme/core";
import {
  decodeSolanaReceipt,
  messageAccounts,
  solanaDialect,
  type CompiledInnerInstruction,
  type SolanaMessage,
  type SolanaReceipt,
  type SolanaTransaction,
  type TokenBalance,
} from "@trireme/svm";
import { RpcError } from "../../json-rpc/rpc-error.ts";
import { solanaErrorCodes } from "../error-codes.ts";
import type { TransactionEncoding } from "../parameters.ts";
import { tokenAmount } from "./token-data.ts";

/** A transaction of a block with what it did. */
export interface LocatedTransaction {
  readonly transaction: SolanaTransaction;
  readonly receipt: Receipt;
  readonly block: Block;
}

/** Whether a transaction is written in Solana's dialect. */
export function isSolanaTransaction(transaction: Transaction): transaction is SolanaTransaction {
  return transaction.format === solanaDialect;
}

/** The id under which Solana's clients know a transaction of either dialect (rule 23). */
export function solanaId(transaction: Transaction): Uint8Array {
  return isSolanaTransaction(transaction) ? transaction.id : solanaIdOfEthereumTransaction(transaction.hash);
}

/** getTransaction's answer. @throws RpcError -32015 for a version above `maxVersion` */
export function formatTransaction(
  { transaction, receipt, block }: LocatedTransaction,
  encoding: TransactionEncoding,
  maxVersion: number | undefined,
): unknown {
  return {
    slot: block.header.number,
    blockTime: block.header.timestamp,
    ...formatTransactionWithMeta(transaction, receipt, encoding, maxVersion),
  };
}

/** A transaction with its meta, as a block lists it. @throws RpcError -32015 */
export function formatTransactionWithMeta(
  transaction: SolanaTransaction,
  receipt: Receipt,
  encoding: TransactionEncoding,
  maxVersion: number | undefined,
): object {
  const { version } = transaction.wire.message;
  if (version !== "legacy" && (maxVersion === undefined || version > maxVersion)) {
    throw new RpcError(
      solanaErrorCodes.unsupportedTransactionVersion,
      `Transaction version (${version}) is not supported by the requesting client. ` +
        `Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": ${version}`,
    );
  }
  return {
    meta: formatMeta(receipt),
    transaction: encodeTransaction(transaction, encoding),
    ...(maxVersion === undefined ? {} : { version }),
  };
}

/** A transaction as the encoding wants it. `jsonParsed` shows instructions unparsed. */
export function encodeTransaction(transaction: SolanaTransaction, encoding: TransactionEncoding): unknown {
  const { wire } = transaction;
  if (encoding === "base64") return [Buffer.from(wireBytes(transaction)).toString("base64"), "base64"];
  if (encoding === "base58") return [base58.encode(wireBytes(transaction)), "base58"];
  return { signatures: wire.signatures.map((signature) => base58.encode(signature)), message: formatMessage(wire.message, encoding) };
}

/** The payload of the envelope in which it stands in a block. */
function wireBytes({ raw }: SolanaTransaction): Uint8Array {
  return raw.subarray(2 + (raw[1] as number));
}

function formatMessage(message: SolanaMessage, encoding: "json" | "jsonParsed"): object {
  const { version, instructions, staticAccounts, lookups, blockhash } = message;
  const recentBlockhash = base58.encode(blockhash);
  const addressTableLookups = lookups.map(({ table, writableIndices, readonlyIndices }) => ({
    accountKey: pubkeyToBase58(table),
    writableIndexes: [...writableIndices],
    readonlyIndexes: [...readonlyIndices],
  }));
  const tables = version === "legacy" ? {} : { addressTableLookups };
  if (encoding === "jsonParsed") {
    const accounts = messageAccounts(message, { writable: [], readonly: [] });
    return {
      accountKeys: accounts.map(({ pubkey, isSigner, isWritable }) => ({
        pubkey: pubkeyToBase58(pubkey),
        signer: isSigner,
        writable: isWritable,
        source: "transaction",
      })),
      recentBlockhash,
      instructions: instructions.map(({ programIndex, accountIndices, data }) => ({
        programId: keyAt(message, programIndex),
        accounts: Array.from(accountIndices, (index) => keyAt(message, index)),
        data: base58.encode(data),
        stackHeight: 1,
      })),
      ...tables,
    };
  }
  return {
    header: {
      numRequiredSignatures: message.requiredSignatures,
      numReadonlySignedAccounts: message.readonlySigned,
      numReadonlyUnsignedAccounts: message.readonlyUnsigned,
    },
    accountKeys: staticAccounts.map(pubkeyToBase58),
    recentBlockhash,
    instructions: instructions.map(({ programIndex, accountIndices, data }) => ({
      programIdIndex: programIndex,
      accounts: [...accountIndices],
      data: base58.encode(data),
      stackHeight: 1,
    })),
    ...tables,
  };
}

function keyAt({ staticAccounts }: SolanaMessage, index: number): string {
  const key = staticAccounts[index];
  return key === undefined ? `lookup table account ${index - staticAccounts.length}` : pubkeyToBase58(key);
}

/** What the dialect keeps of a receipt. */
export function solanaReceipt({ extra }: Pick<Receipt, "extra">): SolanaReceipt {
  if (extra === undefined) throw new RpcError(solanaErrorCodes.blockNotAvailable, "Transaction has no receipt of Solana's dialect");
  return decodeSolanaReceipt(extra);
}

function formatMeta(receipt: Receipt): object {
  const own = solanaReceipt(receipt);
  const err = own.error ?? null;
  return {
    err,
    status: own.error === undefined ? { Ok: null } : { Err: own.error },
    fee: own.fee,
    preBalances: own.preBalances,
    postBalances: own.postBalances,
    preTokenBalances: own.preTokenBalances.map(formatTokenBalance),
    postTokenBalances: own.postTokenBalances.map(formatTokenBalance),
    innerInstructions: formatInner(own.innerInstructions),
    logMessages: receipt.programLogs,
    rewards: [],
    loadedAddresses: { writable: own.loadedWritable.map(pubkeyToBase58), readonly: own.loadedReadonly.map(pubkeyToBase58) },
    computeUnitsConsumed: own.computeUnitsConsumed,
    costUnits: Number(receipt.gasUsed),
    ...(own.returnData === undefined ? {} : { returnData: formatReturnData(own.returnData) }),
  };
}

/** Return data as RPCs show it. */
export function formatReturnData({ program, data }: NonNullable<SolanaReceipt["returnData"]>): object {
  return { programId: pubkeyToBase58(program), data: [Buffer.from(data).toString("base64"), "base64"] };
}

/** Inner instructions, grouped by the instruction that they ran under. */
export function formatInner(inner: readonly CompiledInnerInstruction[]): readonly object[] {
  const groups = new Map<number, object[]>();
  for (const { index, stackHeight, programIndex, accountIndices, data } of inner) {
    const group = groups.get(index) ?? [];
    group.push({ programIdIndex: programIndex, accounts: [...accountIndices], data: base58.encode(data), stackHeight });
    groups.set(index, group);
  }
  return [...groups].map(([index, instructions]) => ({ index, instructions }));
}

function formatTokenBalance({ accountIndex, mint, owner, program, amount, decimals }: TokenBalance): object {
  return {
    accountIndex,
    mint: pubkeyToBase58(mint),
    owner: pubkeyToBase58(owner),
    programId: pubkeyToBase58(program),
    uiTokenAmount: tokenAmount(amount, decimals),
  };
}
