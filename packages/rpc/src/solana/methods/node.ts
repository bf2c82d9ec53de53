/** What the node says of itself, and answers that are the same on a chain of one node. */
import type { Chain } from "@trireme/chain";
import { pubkeyToBase58, toPubkey } from "@trireme/core";
import { invalidParameter, RpcError } from "../../json-rpc/rpc-error.ts";
import { optional, required } from "../../json-rpc/rpc-method.ts";
import { solanaErrorCodes } from "../error-codes.ts";
import { optionalConfig, unsigned } from "../parameters.ts";
import { apiVersion, solanaMethod, withContext } from "../services.ts";

/** Who leads every slot: the account that is paid for the newest block. */
const leaderOf = ({ head }: Chain): string => pubkeyToBase58(toPubkey(head.header.coinbase));

export const getVersion = solanaMethod([], () => ({ "solana-core": apiVersion, "feature-set": 0 }));
export const getHealth = solanaMethod([], ({ chain }) => {
  if (chain.failure !== undefined) throw new RpcError(solanaErrorCodes.nodeUnhealthy, `Node is unhealthy: ${chain.failure.message}`);
  return "ok";
});
export const getIdentity = solanaMethod([], ({ chain }) => ({ identity: leaderOf(chain) }));
export const getSlotLeader = solanaMethod([optionalConfig], ({ chain }) => leaderOf(chain));
export const getSlotLeaders = solanaMethod([required("startSlot", unsigned), required("limit", unsigned)], ({ chain }, [, limit]) => {
  if (limit < 1 || limit > 5_000) throw invalidParameter("params[1] (limit)", "1 to 5,000", limit);
  return Array.from({ length: limit }, () => leaderOf(chain));
});
export const getClusterNodes = solanaMethod([], () => []);
export const getVoteAccounts = solanaMethod([optionalConfig], () => ({ current: [], delinquent: [] }));
export const getRecentPerformanceSamples = solanaMethod([optional("limit", unsigned, undefined)], () => []);
export const getStakeMinimumDelegation = solanaMethod([optionalConfig], ({ chain }) => withContext(chain.head.header.number, 0));
export const getMaxSlot = solanaMethod([], ({ chain }) => chain.head.header.number);
export const minimumLedgerSlot = solanaMethod([], () => 0);
