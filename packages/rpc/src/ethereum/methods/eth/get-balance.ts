/** eth_getBalance */
import { required } from "../../../json-rpc/rpc-method.ts";
import { stateAt } from "../../blocks.ts";
import { toQuantity } from "../../format/quantity.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { address } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** Wei of an account. */
export const getBalance = ethereumMethod([required("address", address), blockOrLatest], async ({ chain }, [account, block]) =>
  toQuantity((await stateAt(chain, block)).getAccount(account)?.balance ?? 0n),
);
