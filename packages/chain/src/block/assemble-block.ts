/** From an executed block to its header, hash and stored receipts. */
import { dialectTransactionType, isAtLeast, type Hardfork, type Hash, type Transaction, type TransactionResult } from "@trireme/core";
import { emptyOmmersHash, encodeReceipt, hashRequests, logsBloom, mergeBlooms, type BlockHeader } from "@trireme/ethereum";
import { orderedTrieRoot } from "@trireme/state";
import type { BlockSeed } from "./block-seed.ts";

/** A transaction that stands in a block, with what it did. */
export interface IncludedTransaction {
  readonly transaction: Transaction;
  readonly result: TransactionResult;
}

/** What `assembleHeader` needs of an execution. */
export interface BlockContent {
  readonly included: readonly IncludedTransaction[];
  /** Requests to a consensus layer (EIP-7685), type byte first. */
  readonly requests: readonly Uint8Array[];
  readonly stateRoot: Hash;
  /** Bloom of each transaction's logs; worked out when left out. */
  readonly blooms?: readonly Uint8Array[];
}

/** The header of a block, roots and bloom worked out. */
export function assembleHeader(seed: BlockSeed, hardfork: Hardfork, content: BlockContent): BlockHeader {
  const { included, requests, stateRoot, blooms = bloomsOf(included) } = content;
  let gasUsed = 0n;
  const receipts = included.map(({ transaction, result }, index) => {
    gasUsed += result.gasUsed;
    return encodeReceipt({
      type: transactionType(transaction.raw),
      succeeded: result.succeeded,
      cumulativeGasUsed: gasUsed,
      logsBloom: blooms[index] as Uint8Array,
      logs: result.logs,
    });
  });
  const hasBlobs = isAtLeast(hardfork, "cancun");
  return {
    ...seed,
    ommersHash: emptyOmmersHash,
    stateRoot,
    transactionsRoot: orderedTrieRoot(included.map(({ transaction }) => transaction.raw)),
    receiptsRoot: orderedTrieRoot(receipts),
    logsBloom: mergeBlooms(blooms),
    gasUsed,
    nonce: new Uint8Array(8),
    withdrawalsRoot: isAtLeast(hardfork, "shanghai") ? orderedTrieRoot([]) : undefined,
    blobGasUsed: hasBlobs ? included.reduce((sum, { result }) => sum + result.blobGasUsed, 0n) : undefined,
    requestsHash: isAtLeast(hardfork, "prague") ? hashRequests(requests) : undefined,
  };
}

/** Bloom of each transaction's logs. */
export function bloomsOf(included: readonly IncludedTransaction[]): readonly Uint8Array[] {
  return included.map(({ result }) => logsBloom(result.logs));
}

/** EIP-2718 type of a transaction's bytes: 0 legacy, 1 to 4 Ethereum's, 0x74 another dialect (rule 23). */
export function transactionType(raw: Uint8Array): number {
  const first = raw[0] ?? 0;
  return first >= 0xc0 ? 0 : first > 4 ? dialectTransactionType : first;
}
