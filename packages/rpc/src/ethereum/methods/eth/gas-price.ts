/** eth_gasPrice */
import { suggestedTip } from "../../fees.ts";
import { toQuantity } from "../../format/quantity.ts";
import { ethereumMethod } from "../../services.ts";

/** Wei per gas with which a legacy transaction enters the next block. */
export const gasPrice = ethereumMethod([], async ({ chain }) => toQuantity(chain.nextBaseFee() + (await suggestedTip(chain))));
