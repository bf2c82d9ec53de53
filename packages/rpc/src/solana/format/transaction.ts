/** Transactions and their results on the wire. */
import { base58 } from "@scure/base";
import type { Block } from "@trireme/chain";
import { pubkeyToBase58, solanaIdOfEthereumTransaction, type Transaction } from "@trireme/core";
import type { SolanaReceipt, TokenBalance } from "@trireme/svm";
import { RpcError } from "../../json-rpc/rpc-error.ts";
import { solanaErrorCodes } from "../error-codes.ts";
import type { TransactionEncoding } from "../parameters.ts";
import { isSolanaTransaction, loadedOf, wireOf, type TransactionOutcomeView, type TransactionView } from "../transaction-view.ts";
import { accountKeys, formatAccountKeys, formatInner, formatMessage } from "./message.ts";
import { tokenAmount } from "./token-data.ts";

/** The id under which Solana's clients know a transaction of either dialect (rule 23). */
export function solanaId(transaction: Transaction): Uint8Array {
  return isSolanaTransaction(transaction) ? transaction.id : solanaIdOfEthereumTransaction(transaction.hash);
}

/** getTransaction's answer. @throws RpcError -32015 for a version above `maxVersion` */
export function formatTransaction(
  view: TransactionView,
  { header }: Block,
  encoding: TransactionEncoding,
  maxVersion: number | undefined,
): unknown {
  return { slot: header.number, blockTime: header.timestamp, ...formatTransactionWithMeta(view, encoding, maxVersion) };
}

/** A transaction with its meta, as a block lists it. @throws RpcError -32015 */
export function formatTransactionWithMeta(view: TransactionView, encoding: TransactionEncoding, maxVersion: number | undefined): object {
  const { message, outcome } = view;
  const loaded = loadedOf(view);
  const shownVersion = versionOf(view, maxVersion);
  const names = encoding === "jsonParsed" ? accountKeys(message, loaded) : undefined;
  const meta = {
    ...formatOutcome(outcome),
    innerInstructions: outcome.innerInstructions === undefined ? null : formatInner(outcome.innerInstructions, names),
    logMessages: view.logMessages(),
    rewards: [],
    ...(names === undefined ? { loadedAddresses: formatLoaded(outcome) } : {}),
    computeUnitsConsumed: outcome.computeUnitsConsumed,
    costUnits: Number(view.gasUsed),
    ...(outcome.returnData === undefined ? {} : { returnData: formatReturnData(outcome.returnData) }),
  };
  const shown =
    encoding === "base64"
      ? [Buffer.from(wireOf(view)).toString("base64"), "base64"]
      : encoding === "base58"
        ? [base58.encode(wireOf(view)), "base58"]
        : { signatures: formatSignatures(view), message: formatMessage(message, encoding, loaded) };
  return { meta, transaction: shown, ...shownVersion };
}

/** What a block shows of a transaction where only accounts are wanted. @throws RpcError -32015 */
export function formatTransactionAccounts(view: TransactionView, maxVersion: number | undefined): object {
  return {
    meta: formatOutcome(view.outcome),
    transaction: { signatures: formatSignatures(view), accountKeys: formatAccountKeys(view.message, loadedOf(view)) },
    ...versionOf(view, maxVersion),
  };
}

function formatSignatures({ signatures }: TransactionView): readonly string[] {
  return signatures.map((signature) => base58.encode(signature));
}

/** Clients that name no version are too old to read any but legacy ones. */
function versionOf({ message }: TransactionView, maxVersion: number | undefined): { readonly version?: number | "legacy" } {
  const { version } = message;
  if (version !== "legacy" && (maxVersion === undefined || version > maxVersion)) {
    throw new RpcError(
      solanaErrorCodes.unsupportedTransactionVersion,
      `Transaction version (${version}) is not supported by the requesting client. ` +
        `Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": ${version}`,
    );
  }
  return maxVersion === undefined ? {} : { version };
}

function formatOutcome({ error, fee, preBalances, postBalances, preTokenBalances, postTokenBalances }: TransactionOutcomeView): object {
  return {
    err: error ?? null,
    status: error === undefined ? { Ok: null } : { Err: error },
    fee,
    preBalances,
    postBalances,
    preTokenBalances: preTokenBalances?.map(formatTokenBalance) ?? null,
    postTokenBalances: postTokenBalances?.map(formatTokenBalance) ?? null,
  };
}

/** Keys out of lookup tables. */
export function formatLoaded({ loadedWritable, loadedReadonly }: Pick<SolanaReceipt, "loadedWritable" | "loadedReadonly">): object {
  return { writable: loadedWritable.map(pubkeyToBase58), readonly: loadedReadonly.map(pubkeyToBase58) };
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
