/** trireme_getTransactionIds: how each dialect calls a transaction. */
import { base58 } from "@scure/base";
import type { Chain } from "@trireme/chain";
import { bytesToHex, equalBytes, type Hash, type Hex, type Transaction } from "@trireme/core";
import { required, type Parameter } from "../json-rpc/rpc-method.ts";
import { solanaId } from "../solana/format/transaction.ts";
import { transactionKey } from "./transaction-key.ts";

/** Its names. */
export interface TransactionIds {
  /** keccak256 of the bytes that stand in the block. */
  readonly ethereum: Hex;
  /** base58 of the first signature, or of what stands for an Ethereum transaction. */
  readonly solana: string;
}

/** Its parameters in both dialects' tables. */
export const transactionIdsParameters: readonly [Parameter<Hash>] = [required("id", transactionKey)];

/** The ids of a transaction that waits or stands in a block; null for one that nobody knows. */
export async function getTransactionIds(chain: Chain, key: Hash): Promise<TransactionIds | null> {
  const transaction = (await chain.getTransaction(key))?.transaction ?? waitingUnder(key, chain);
  if (transaction === undefined) return null;
  return { ethereum: bytesToHex(transaction.hash), solana: base58.encode(solanaId(transaction)) };
}

/** The mempool knows a transaction by its hash alone. */
function waitingUnder(key: Hash, { mempool }: Chain): Transaction | undefined {
  return [...mempool.pending, ...mempool.queued].find(({ alias }) => alias !== undefined && equalBytes(alias, key));
}
