/** eth_blobBaseFee */
import { toQuantity } from "../../format/quantity.ts";
import { ethereumMethod } from "../../services.ts";

/** Wei per blob gas of the next block. */
export const blobBaseFee = ethereumMethod([], ({ chain }) => toQuantity(chain.nextBlobBaseFee()));
