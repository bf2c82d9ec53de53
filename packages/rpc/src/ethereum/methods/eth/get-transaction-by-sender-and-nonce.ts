/** eth_getTransactionBySenderAndNonce */
import type { Chain } from "@trireme/chain";
import { equalBytes, type Address } from "@trireme/core";
import { required } from "../../../json-rpc/rpc-method.ts";
import { stateAt } from "../../blocks.ts";
import { formatTransaction } from "../../format/transaction.ts";
import { address, quantity } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** The transaction of a sender with a nonce, pending or in a block; null when there is none. */
export const getTransactionBySenderAndNonce = ethereumMethod(
  [required("sender", address), required("nonce", quantity(64))],
  async ({ chain }, [sender, nonce]) => {
    const waiting = [...chain.mempool.pending, ...chain.mempool.queued].find(
      (transaction) => transaction.nonce === nonce && equalBytes(transaction.sender, sender),
    );
    if (waiting !== undefined) return formatTransaction(waiting, chain.chainId, undefined);
    const block = await blockThatRaised(chain, sender, nonce);
    const index =
      block?.transactions.findIndex((transaction) => transaction.nonce === nonce && equalBytes(transaction.sender, sender)) ?? -1;
    const transaction = block?.transactions[index];
    return block === undefined || transaction === undefined ? null : formatTransaction(transaction, chain.chainId, { block, index });
  },
);

/** The first block after which the sender's nonce is above `nonce`, by bisection. */
async function blockThatRaised(chain: Chain, sender: Address, nonce: bigint): ReturnType<Chain["getBlock"]> {
  const isPast = async (number: bigint): Promise<boolean> => ((await stateAt(chain, number)).getAccount(sender)?.nonce ?? 0n) > nonce;
  let high = chain.head.header.number;
  if (!(await isPast(high))) return undefined;
  let low = 0n;
  while (low < high) {
    const middle = (low + high) / 2n;
    if (await isPast(middle)) high = middle;
    else low = middle + 1n;
  }
  return chain.getBlock(high);
}
