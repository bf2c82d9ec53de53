/** eth_syncing, eth_mining, eth_hashrate, eth_coinbase, eth_protocolVersion: what a node says of itself. */
import { addressToHex } from "@trireme/core";
import { blockAt } from "../../blocks.ts";
import { ethereumMethod } from "../../services.ts";

/** Always false: a chain of one node is never behind. */
export const syncing = ethereumMethod([], () => false);

/** Whether blocks are made without being asked for. */
export const mining = ethereumMethod([], ({ chain }) => chain.dev === undefined || chain.dev.getMining().kind !== "manual");

/** Always 0: there is no proof of work. */
export const hashrate = ethereumMethod([], () => "0x0");

/** Who gets the tips of the next block. */
export const coinbase = ethereumMethod([], async ({ chain }) => addressToHex((await blockAt(chain, "pending")).header.coinbase));

/** eth/68. */
export const protocolVersion = ethereumMethod([], () => "0x44");
