/** eth_accounts, eth_requestAccounts */
import { addressToHex } from "@trireme/core";
import { ethereumMethod } from "../../services.ts";

/** Addresses whose keys the node holds. */
export const accounts = ethereumMethod([], ({ signers }) => signers.addresses.map(addressToHex));
