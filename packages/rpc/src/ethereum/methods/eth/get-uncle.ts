/** eth_getUncleCountByBlockNumber, eth_getUncleCountByBlockHash, eth_getUncleByBlock*AndIndex: there are no uncles since Paris. */
import { required } from "../../../json-rpc/rpc-method.ts";
import { blockHashTag, blockIndex, blockNumberTag } from "../../parameters/block-tag.ts";
import { ethereumMethod } from "../../services.ts";

/** 0 for every block; null when there is no such block. */
export const getUncleCountByBlockNumber = ethereumMethod([required("block", blockNumberTag)], async ({ chain }, [tag]) =>
  (await chain.getBlock(tag)) === undefined ? null : "0x0",
);

/** 0 for every block; null when there is no such block. */
export const getUncleCountByBlockHash = ethereumMethod([required("blockHash", blockHashTag)], async ({ chain }, [tag]) =>
  (await chain.getBlock(tag)) === undefined ? null : "0x0",
);

/** Always null. */
export const getUncleByBlockNumberAndIndex = ethereumMethod([required("block", blockNumberTag), required("index", blockIndex)], () => null);

/** Always null. */
export const getUncleByBlockHashAndIndex = ethereumMethod([required("blockHash", blockHashTag), required("index", blockIndex)], () => null);
