/** eth_getTransactionCount */
import { required } from "../../../json-rpc/rpc-method.ts";
import { stateAt } from "../../blocks.ts";
import { toQuantity } from "../../format/quantity.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { address } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** Nonce of an account; "pending" counts the transactions that wait. */
export const getTransactionCount = ethereumMethod([required("address", address), blockOrLatest], async ({ chain }, [account, block]) =>
  toQuantity(block === "pending" ? chain.mempool.nextNonce(account) : ((await stateAt(chain, block)).getAccount(account)?.nonce ?? 0n)),
);
