/** trireme_getTransactionIds: how each dialect calls a transaction. */
import { base58 } from "@scure/base";
import type { Chain } from "@trireme/chain";
import { bytesToHex, type Hash, type Hex } from "@trireme/core";
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

/** The ids of a transaction; null for one that nobody knows, and for a Solana id that stands in no block yet. */
export async function getTransactionIds(chain: Chain, key: Hash): Promise<TransactionIds | null> {
  const found = await chain.getTransaction(key);
  if (found === undefined) return null;
  const { transaction } = found;
  return { ethereum: bytesToHex(transaction.hash), solana: base58.encode(solanaId(transaction)) };
}
