/** Transactions by their Solana id. */
import type { Block, Chain, Receipt } from "@trireme/chain";
import { equalBytes, solanaIdTag, type Hash, type Transaction } from "@trireme/core";
import { solanaAlias, type SolanaTransactionError } from "@trireme/svm";
import { foreignError } from "./foreign-transaction.ts";
import { isSolanaTransaction, solanaReceipt } from "./transaction-view.ts";

/** A transaction of a block with what it did. */
export interface LocatedTransaction {
  readonly transaction: Transaction;
  readonly receipt: Receipt;
  readonly block: Block;
}

/** Where a transaction of either dialect stands, with its outcome. */
export interface SignatureStatus {
  readonly slot: bigint;
  readonly error: SolanaTransactionError | undefined;
}

/** The hash under which a chain finds the transaction of a Solana id: an Ethereum transaction's id holds its hash (rule 23). */
export function hashOfSolanaId(id: Uint8Array): Hash {
  return equalBytes(id.subarray(0, solanaIdTag.length), solanaIdTag) ? (id.slice(solanaIdTag.length) as Hash) : solanaAlias(id);
}

/** A transaction of either dialect that stands in a block. */
export async function findLocated(chain: Chain, id: Uint8Array): Promise<LocatedTransaction | undefined> {
  const found = await chain.getTransaction(hashOfSolanaId(id));
  if (found?.block === undefined) return undefined;
  const receipt = (await chain.getReceipts(found.block.header.number))?.[found.index];
  return receipt === undefined ? undefined : { transaction: found.transaction, receipt, block: found.block };
}

/** The status of a transaction of either dialect; undefined while it stands in no block. */
export async function findStatus(chain: Chain, id: Uint8Array): Promise<SignatureStatus | undefined> {
  const located = await findLocated(chain, id);
  if (located === undefined) return undefined;
  const { transaction, receipt, block } = located;
  const error = isSolanaTransaction(transaction) ? solanaReceipt(receipt).error : foreignError(receipt);
  return { slot: block.header.number, error };
}
