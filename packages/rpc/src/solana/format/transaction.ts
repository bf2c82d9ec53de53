/** Transactions and their results on the wire. */
import { base58 } from "@scure/base";
import type { Block, Receipt } from "@trireme/chain";
import { pubkeyToBase58, solanaIdOfEthereumTransaction, type Transaction } from "@trireme/core";
import {
  decodeSolanaReceipt,
  solanaDialect,
  type LoadedAddresses,
  type SolanaReceipt,
  type SolanaTransaction,
  type TokenBalance,
} from "@trireme/svm";
import { RpcError } from "../../json-rpc/rpc-error.ts";
import { solanaErrorCodes } from "../error-codes.ts";
import type { TransactionEncoding } from "../parameters.ts";
import { accountKeys, formatAccountKeys, formatInner, formatMessage } from "./message.ts";
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
  const own = solanaReceipt(receipt);
  const { message, signatures } = transaction.wire;
  const loaded = loadedOf(own);
  const shownVersion = versionOf(transaction, maxVersion);
  const names = encoding === "jsonParsed" ? accountKeys(message, loaded) : undefined;
  const meta = {
    ...formatOutcome(own),
    innerInstructions: formatInner(own.innerInstructions, names),
    logMessages: receipt.programLogs,
    rewards: [],
    ...(names === undefined
      ? { loadedAddresses: { writable: loaded.writable.map(pubkeyToBase58), readonly: loaded.readonly.map(pubkeyToBase58) } }
      : {}),
    computeUnitsConsumed: own.computeUnitsConsumed,
    costUnits: Number(receipt.gasUsed),
    ...(own.returnData === undefined ? {} : { returnData: formatReturnData(own.returnData) }),
  };
  const shown =
    encoding === "base64"
      ? [Buffer.from(wireBytes(transaction)).toString("base64"), "base64"]
      : encoding === "base58"
        ? [base58.encode(wireBytes(transaction)), "base58"]
        : { signatures: signatures.map((signature) => base58.encode(signature)), message: formatMessage(message, encoding, loaded) };
  return { meta, transaction: shown, ...shownVersion };
}

/** What a block shows of a transaction where only accounts are wanted. @throws RpcError -32015 */
export function formatTransactionAccounts(transaction: SolanaTransaction, receipt: Receipt, maxVersion: number | undefined): object {
  const own = solanaReceipt(receipt);
  const { message, signatures } = transaction.wire;
  return {
    meta: formatOutcome(own),
    transaction: {
      signatures: signatures.map((signature) => base58.encode(signature)),
      accountKeys: formatAccountKeys(message, loadedOf(own)),
    },
    ...versionOf(transaction, maxVersion),
  };
}

/** Clients that name no version are too old to read any but legacy ones. */
function versionOf({ wire }: SolanaTransaction, maxVersion: number | undefined): { readonly version?: number | "legacy" } {
  const { version } = wire.message;
  if (version !== "legacy" && (maxVersion === undefined || version > maxVersion)) {
    throw new RpcError(
      solanaErrorCodes.unsupportedTransactionVersion,
      `Transaction version (${version}) is not supported by the requesting client. ` +
        `Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": ${version}`,
    );
  }
  return maxVersion === undefined ? {} : { version };
}

/** The payload of the envelope in which it stands in a block. */
function wireBytes({ raw }: SolanaTransaction): Uint8Array {
  return raw.subarray(2 + (raw[1] as number));
}

/** What the dialect keeps of a receipt. */
export function solanaReceipt({ extra }: Pick<Receipt, "extra">): SolanaReceipt {
  if (extra === undefined) throw new RpcError(solanaErrorCodes.blockNotAvailable, "Transaction has no receipt of Solana's dialect");
  return decodeSolanaReceipt(extra);
}

function loadedOf({ loadedWritable, loadedReadonly }: SolanaReceipt): LoadedAddresses {
  return { writable: loadedWritable, readonly: loadedReadonly };
}

function formatOutcome(own: SolanaReceipt): object {
  return {
    err: own.error ?? null,
    status: own.error === undefined ? { Ok: null } : { Err: own.error },
    fee: own.fee,
    preBalances: own.preBalances,
    postBalances: own.postBalances,
    preTokenBalances: own.preTokenBalances.map(formatTokenBalance),
    postTokenBalances: own.postTokenBalances.map(formatTokenBalance),
  };
}

/** Return data as RPCs show it. */
export function formatReturnData({ program, data }: NonNullable<SolanaReceipt["returnData"]>): object {
  return { programId: pubkeyToBase58(program), data: [Buffer.from(data).toString("base64"), "base64"] };
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
