/** eth_getBlockReceipts */
import { formatReceipt } from "../../format/receipt.ts";
import { requiredBlock } from "../../parameters/block-tag.ts";
import { ethereumMethod } from "../../services.ts";

/** All receipts of a block; null when there is no such block. */
export const getBlockReceipts = ethereumMethod([requiredBlock], async ({ chain }, [tag]) => {
  const block = await chain.getBlock(tag);
  const receipts = block === undefined ? undefined : await chain.getReceipts({ hash: block.hash });
  return block === undefined || receipts === undefined ? null : receipts.map((receipt) => formatReceipt(receipt, block));
});
