/** eth_maxPriorityFeePerGas */
import { suggestedTip } from "../../fees.ts";
import { toQuantity } from "../../format/quantity.ts";
import { ethereumMethod } from "../../services.ts";

/** A tip that is worth offering, in wei per gas. */
export const maxPriorityFeePerGas = ethereumMethod([], async ({ chain }) => toQuantity(await suggestedTip(chain)));
