/** debug_getRawBlock, debug_getRawHeader, debug_getRawReceipts */
import { bytesToHex, type Hex } from "@trireme/core";
import { encodeBlock, encodeHeader, encodeReceipt } from "@trireme/ethereum";
import { blockAt } from "../../blocks.ts";
import { requiredBlock } from "../../parameters/block-tag.ts";
import { ethereumMethod } from "../../services.ts";

/** RLP of a block. */
export const getRawBlock = ethereumMethod([requiredBlock], async ({ chain }, [tag]): Promise<Hex> => {
  const { header, transactions } = await blockAt(chain, tag);
  const withdrawals = header.withdrawalsRoot === undefined ? undefined : [];
  return bytesToHex(encodeBlock({ header, transactions: transactions.map((transaction) => transaction.raw), withdrawals }));
});

/** RLP of a header. */
export const getRawHeader = ethereumMethod([requiredBlock], async ({ chain }, [tag]) =>
  bytesToHex(encodeHeader((await blockAt(chain, tag)).header)),
);

/** The receipts of a block as they enter its receipts root. */
export const getRawReceipts = ethereumMethod([requiredBlock], async ({ chain }, [tag]) => {
  const block = await blockAt(chain, tag);
  return ((await chain.getReceipts({ hash: block.hash })) ?? []).map((receipt) => bytesToHex(encodeReceipt(receipt)));
});
