/** eth_getBlockByNumber, eth_getBlockByHash */
import { optional, required } from "../../../json-rpc/rpc-method.ts";
import { formatBlock } from "../../format/block.ts";
import { blockHashTag, blockNumberTag } from "../../parameters/block-tag.ts";
import { flag } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** A block by number or tag, its transactions whole or as hashes; null when there is none. */
export const getBlockByNumber = ethereumMethod(
  [required("block", blockNumberTag), optional("withTransactions", flag, false)],
  async ({ chain }, [tag, withTransactions]) => {
    const block = await chain.getBlock(tag);
    return block === undefined ? null : formatBlock(block, chain.chainId, withTransactions, tag === "pending");
  },
);

/** A block by hash; null when there is none. */
export const getBlockByHash = ethereumMethod(
  [required("blockHash", blockHashTag), optional("withTransactions", flag, false)],
  async ({ chain }, [tag, withTransactions]) => {
    const block = await chain.getBlock(tag);
    return block === undefined ? null : formatBlock(block, chain.chainId, withTransactions, false);
  },
);
