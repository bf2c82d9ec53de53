/** What a message would cost. */
import type { Address } from "@trireme/core";
import { computeBudgetOf } from "../transaction/compute-budget.ts";
import { lamportsPerSignature } from "../sysvars/recent-blockhashes.ts";
import { precompileSignatures } from "../transaction/decode-transaction.ts";
import { decodeWire } from "../transaction/decode-wire.ts";
import { isRecentBlockhash, type WindowHost } from "../transaction/history-window.ts";
import { sanitize } from "../transaction/sanitize.ts";
import type { AccountSite } from "./solana-account.ts";

/** State at a block, with slots. */
export interface StorageSite extends Pick<AccountSite, "context" | "getBlockHash"> {
  getStorageAt(address: Address, key: Uint8Array): Uint8Array;
}

/** The block after a state, as the window of blockhashes is asked about it. */
export function nextBlock({ context, getBlockHash, getStorageAt }: StorageSite): WindowHost {
  return { block: { ...context, number: context.number + 1n }, getBlockHash, getStorage: getStorageAt };
}

/** Lamports that a transaction (its signatures may be zeros) pays; undefined when its blockhash is too old to be used. */
export function feeOfWire(wire: Uint8Array, site: StorageSite): bigint | undefined | "malformed" {
  const decoded = decodeWire(wire);
  if (decoded.kind === "invalid" || sanitize(decoded.wire) !== undefined) return "malformed";
  const { message } = decoded.wire;
  const budget = computeBudgetOf(message);
  if ("error" in budget) return "malformed";
  if (!isRecentBlockhash(message.blockhash, nextBlock(site))) return undefined;
  return lamportsPerSignature * BigInt(message.requiredSignatures + precompileSignatures(message)) + budget.priorityFee;
}
