/** What the node says of itself, and answers that are the same on a chain of one node. */
import { base58 } from "@scure/base";
import { list } from "../../ethereum/parameters/structure.ts";
import { optional } from "../../json-rpc/rpc-method.ts";
import { optionalConfig, pubkey } from "../parameters.ts";
import { apiVersion, solanaMethod, withContext } from "../services.ts";

const identity = base58.encode(new Uint8Array(32).fill(1));

export const getVersion = solanaMethod([], () => ({ "solana-core": apiVersion, "feature-set": 0 }));
export const getHealth = solanaMethod([], () => "ok");
export const getIdentity = solanaMethod([], () => ({ identity }));
export const getClusterNodes = solanaMethod([], () => []);
export const getVoteAccounts = solanaMethod([optionalConfig], () => ({ current: [], delinquent: [] }));
export const getRecentPrioritizationFees = solanaMethod([optional("accounts", list(pubkey, 128), [])], ({ chain }) => [
  { slot: chain.head.header.number, prioritizationFee: 0 },
]);
export const getRecentPerformanceSamples = solanaMethod([optional("limit", (value) => value, undefined)], () => []);
export const getStakeMinimumDelegation = solanaMethod([optionalConfig], ({ chain }) => withContext(chain.head.header.number, 0));
export const getMaxSlot = solanaMethod([], ({ chain }) => chain.head.header.number);
export const minimumLedgerSlot = solanaMethod([], () => 0);
