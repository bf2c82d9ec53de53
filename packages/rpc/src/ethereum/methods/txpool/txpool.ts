/** txpool_status, txpool_content, txpool_contentFrom, txpool_inspect */
import { addressToChecksumHex, addressToHex, equalBytes, type Transaction } from "@trireme/core";
import { required } from "../../../json-rpc/rpc-method.ts";
import { toQuantity } from "../../format/quantity.ts";
import { formatTransaction, isEthereumTransaction } from "../../format/transaction.ts";
import { address } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** How many transactions are ready, and how many wait for one before them. */
export const status = ethereumMethod([], ({ chain: { mempool } }) => ({
  pending: toQuantity(mempool.pending.length),
  queued: toQuantity(mempool.queued.length),
}));

/** Every transaction that waits, by sender and nonce. */
export const content = ethereumMethod([], ({ chain: { mempool, chainId } }) => ({
  pending: bySender(mempool.pending, (transaction) => formatTransaction(transaction, chainId, undefined)),
  queued: bySender(mempool.queued, (transaction) => formatTransaction(transaction, chainId, undefined)),
}));

/** One sender's transactions that wait, by nonce. */
export const contentFrom = ethereumMethod([required("address", address)], ({ chain: { mempool, chainId } }, [sender]) => {
  const own = (transactions: readonly Transaction[]): unknown =>
    byNonce(
      transactions.filter((transaction) => equalBytes(transaction.sender, sender)),
      (transaction) => formatTransaction(transaction, chainId, undefined),
    );
  return { pending: own(mempool.pending), queued: own(mempool.queued) };
});

/** Every transaction that waits, in one line each. */
export const inspect = ethereumMethod([], ({ chain: { mempool } }) => ({
  pending: bySender(mempool.pending, summary),
  queued: bySender(mempool.queued, summary),
}));

function bySender(transactions: readonly Transaction[], show: (transaction: Transaction) => unknown): unknown {
  const groups = new Map<string, Transaction[]>();
  for (const transaction of transactions) {
    const key = addressToChecksumHex(transaction.sender);
    groups.set(key, [...(groups.get(key) ?? []), transaction]);
  }
  return Object.fromEntries([...groups].map(([sender, own]) => [sender, byNonce(own, show)]));
}

function byNonce(transactions: readonly Transaction[], show: (transaction: Transaction) => unknown): unknown {
  return Object.fromEntries(transactions.map((transaction) => [(transaction.nonce ?? 0n).toString(), show(transaction)]));
}

/** geth's line: `to: value wei + limit gas × price wei`. */
function summary(transaction: Transaction): string {
  const to = isEthereumTransaction(transaction) ? transaction.to : transaction.sender;
  const value = isEthereumTransaction(transaction) ? transaction.value : 0n;
  return `${to === undefined ? "contract creation" : addressToHex(to)}: ${value} wei + ${transaction.gasLimit} gas × ${transaction.maxFeePerGas} wei`;
}
