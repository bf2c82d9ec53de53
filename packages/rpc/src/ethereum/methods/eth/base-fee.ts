/** eth_baseFee */
import { toQuantity } from "../../format/quantity.ts";
import { ethereumMethod } from "../../services.ts";

/** Base fee of the next block, in wei per gas. */
export const baseFee = ethereumMethod([], ({ chain }) => toQuantity(chain.nextBaseFee()));
