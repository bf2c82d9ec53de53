/** A transaction of whichever dialect as Solana's clients read it: made of the one receipt that both views have. */
import type { Block, Receipt } from "@trireme/chain";
import { emptyBytes, equalBytes, isTaggedPubkey, pubkeyToBase58, toAddress, type Pubkey, type Transaction } from "@trireme/core";
import {
  decodeSolanaReceipt,
  encodeMessage,
  encodeWire,
  messageAccounts,
  solanaDialect,
  type LoadedAddresses,
  type MessageAccount,
  type SolanaMessage,
  type SolanaReceipt,
  type SolanaTransaction,
} from "@trireme/svm";
import { RpcError } from "../json-rpc/rpc-error.ts";
import { solanaErrorCodes } from "./error-codes.ts";
import { viewForeign } from "./foreign-transaction.ts";
import { withEventLines } from "./event-lines.ts";

/** What Solana's clients are shown of a transaction. */
export interface TransactionView {
  /** The first one is its id. */
  readonly signatures: readonly Uint8Array[];
  readonly message: SolanaMessage;
  readonly outcome: TransactionOutcomeView;
  /** Program lines, then one line for every EVM log that no program line shows. */
  logMessages(): readonly string[];
  /** As programs printed them. */
  readonly programLogs: readonly string[];
  readonly gasUsed: bigint;
}

/** What came of it. What a dialect's receipt does not know is undefined. */
export type TransactionOutcomeView = Omit<SolanaReceipt, "innerInstructions" | "preTokenBalances" | "postTokenBalances"> &
  Partial<Pick<SolanaReceipt, "innerInstructions" | "preTokenBalances" | "postTokenBalances">>;

/** Views a transaction of a block. */
export function viewTransaction(transaction: Transaction, receipt: Receipt, block: Block): TransactionView {
  if (!isSolanaTransaction(transaction)) return viewForeign(transaction, receipt, block);
  const { message, signatures } = transaction.wire;
  const outcome = solanaReceipt(receipt);
  const { programLogs, logs, gasUsed } = receipt;
  return { signatures, message, outcome, logMessages: () => withEventLines(programLogs, logs), programLogs, gasUsed };
}

/** Whether a transaction is written in Solana's dialect. */
export function isSolanaTransaction(transaction: Transaction): transaction is SolanaTransaction {
  return transaction.format === solanaDialect;
}

/** What Solana's dialect keeps of a receipt. */
export function solanaReceipt({ extra }: Pick<Receipt, "extra">): SolanaReceipt {
  if (extra === undefined) throw new RpcError(solanaErrorCodes.blockNotAvailable, "Transaction has no receipt of Solana's dialect");
  return decodeSolanaReceipt(extra);
}

/** Keys out of lookup tables. */
export function loadedOf({ outcome }: TransactionView): LoadedAddresses {
  return { writable: outcome.loadedWritable, readonly: outcome.loadedReadonly };
}

/** All accounts with what the transaction may do to them. */
export function viewedAccounts(view: TransactionView): readonly MessageAccount[] {
  return messageAccounts(view.message, loadedOf(view));
}

/** The transaction as bytes; those of another dialect are made up. */
export function wireOf({ signatures, message }: TransactionView): Uint8Array {
  return encodeWire(signatures, encodeMessage(message));
}

/** Whether a transaction names an account, by whichever of its names (rule 1), or ran it as a program, be it through another VM. */
export function createMentionTest(key: Pubkey): (view: TransactionView) => boolean {
  const isTagged = isTaggedPubkey(key);
  const address = toAddress(key);
  const isNamed = (other: Pubkey): boolean =>
    equalBytes(other, key) || ((isTagged || isTaggedPubkey(other)) && equalBytes(toAddress(other), address));
  // No program can print such a line itself.
  const entered = `Program ${pubkeyToBase58(key)} invoke [`;
  return ({ message, outcome, programLogs }) =>
    message.staticAccounts.some(isNamed) ||
    outcome.loadedWritable.some(isNamed) ||
    outcome.loadedReadonly.some(isNamed) ||
    programLogs.some((line) => line.startsWith(entered));
}

/** The id in the view: the first signature. */
export function viewedId({ signatures }: TransactionView): Uint8Array {
  return signatures[0] ?? emptyBytes;
}
