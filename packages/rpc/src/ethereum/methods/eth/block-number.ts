/** eth_blockNumber */
import { toQuantity } from "../../format/quantity.ts";
import { ethereumMethod } from "../../services.ts";

/** Number of the newest block. */
export const blockNumber = ethereumMethod([], ({ chain }) => toQuantity(chain.head.header.number));
