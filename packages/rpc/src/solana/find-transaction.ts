/** Transactions by their Solana id. */
import type { Chain } from "@trireme/chain";
import { equalBytes, solanaIdTag, type Hash, type Transaction } from "@trireme/core";
import { solanaAlias, type SolanaTransactionError } from "@trireme/svm";
import { isSolanaTransaction, solanaReceipt, type LocatedTransaction } from "./format/transaction.ts";

/** Where a transaction of either dialect stands, with its outcome. */
export interface SignatureStatus {
  readonly slot: bigint;
  readonly error: SolanaTransactionError | undefined;
  readonly transaction: Transaction;
}

/** The hash under which a chain finds the transaction of a Solana id: an Ethereum transaction's id holds its hash (rule 23). */
export function hashOfSolanaId(id: Uint8Array): Hash {
  return equalBytes(id.subarray(0, solanaIdTag.length), solanaIdTag) ? (id.slice(solanaIdTag.length) as Hash) : solanaAlias(id);
}

/** A Solana transaction that stands in a block; undefined for others. */
export async function findSolanaTransaction(chain: Chain, id: Uint8Array): Promise<LocatedTransaction | undefined> {
  const found = await chain.getTransaction(hashOfSolanaId(id));
  if (found?.block === undefined || !isSolanaTransaction(found.transaction)) return undefined;
  const receipt = (await chain.getReceipts(found.block.header.number))?.[found.index];
  return receipt === undefined ? undefined : { transaction: found.transaction, receipt, block: found.block };
}

/** The status of a transaction of either dialect; undefined while it stands in no block. */
export async function findStatus(chain: Chain, id: Uint8Array): Promise<SignatureStatus | undefined> {
  const found = await chain.getTransaction(hashOfSolanaId(id));
  if (found?.block === undefined) return undefined;
  const { transaction, block } = found;
  const receipt = (await chain.getReceipts(block.header.number))?.[found.index];
  if (receipt === undefined) return undefined;
  const error = isSolanaTransaction(transaction) ? solanaReceipt(receipt).error : receipt.succeeded ? undefined : otherDialectError;
  return { slot: block.header.number, error, transaction };
}

/** What Solana's clients see of an Ethereum transaction that reverted. */
const otherDialectError: SolanaTransactionError = { InstructionError: [0, "ProgramFailedToComplete"] };
