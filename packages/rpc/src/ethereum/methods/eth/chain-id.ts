/** eth_chainId */
import { toQuantity } from "../../format/quantity.ts";
import { ethereumMethod } from "../../services.ts";

/** EIP-155 chain id. */
export const chainId = ethereumMethod([], ({ chain }) => toQuantity(chain.chainId));
