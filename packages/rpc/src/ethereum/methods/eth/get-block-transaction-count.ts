/** eth_getBlockTransactionCountByNumber, eth_getBlockTransactionCountByHash */
import type { BlockTag } from "@trireme/chain";
import { required } from "../../../json-rpc/rpc-method.ts";
import { toQuantity } from "../../format/quantity.ts";
import { blockHashTag, blockNumberTag } from "../../parameters/block-tag.ts";
import { ethereumMethod, type EthereumServices } from "../../services.ts";

/** Transactions in a block by number or tag; null when there is none. */
export const getBlockTransactionCountByNumber = ethereumMethod([required("block", blockNumberTag)], (services, [tag]) =>
  count(services, tag),
);

/** Transactions in a block by hash; null when there is none. */
export const getBlockTransactionCountByHash = ethereumMethod([required("blockHash", blockHashTag)], (services, [tag]) =>
  count(services, tag),
);

async function count({ chain }: EthereumServices, tag: BlockTag): Promise<string | null> {
  const block = await chain.getBlock(tag);
  return block === undefined ? null : toQuantity(block.transactions.length);
}
