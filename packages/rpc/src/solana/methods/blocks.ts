/** Slots, blocks, blockhashes, epochs. Every block is a slot, and final once it is durable. */
import { base58 } from "@scure/base";
import type { Hash } from "@trireme/core";
import type { Block } from "@trireme/chain";
import { isRecentBlockhash, maxBlockhashAge, nextBlock } from "@trireme/svm";
import { field } from "../../ethereum/parameters/structure.ts";
import { invalidParameter, RpcError } from "../../json-rpc/rpc-error.ts";
import { optional, required } from "../../json-rpc/rpc-method.ts";
import { solanaErrorCodes } from "../error-codes.ts";
import { encodeTransaction, formatTransactionWithMeta, isSolanaTransaction, solanaId } from "../format/transaction.ts";
import { boolean, bytesOf, oneOf, optionalConfig, unsigned } from "../parameters.ts";
import { headState, solanaMethod, withContext } from "../services.ts";

const SLOTS_PER_EPOCH = 432_000n;
/** The leader of every slot: nobody else makes blocks. */
const leader = base58.encode(new Uint8Array(32).fill(1));

export const getSlot = solanaMethod(
  [optionalConfig],
  async ({ chain }, [{ minContextSlot }]) => (await headState(chain, minContextSlot)).blockNumber,
);
export const getBlockHeight = getSlot;

export const getLatestBlockhash = solanaMethod([optionalConfig], async ({ chain }, [{ minContextSlot }]) => {
  await headState(chain, minContextSlot);
  const { hash, header } = chain.head;
  return withContext(header.number, { blockhash: base58.encode(hash), lastValidBlockHeight: header.number + maxBlockhashAge });
});

export const isBlockhashValid = solanaMethod(
  [required("blockhash", bytesOf<Hash>(32, "a blockhash")), optionalConfig],
  async ({ chain }, [hash, config]) => {
    const view = await headState(chain, config.minContextSlot);
    return withContext(view.blockNumber, isRecentBlockhash(hash, nextBlock(view)));
  },
);

export const getBlockTime = solanaMethod([required("slot", unsigned)], async ({ chain }, [slot]) => {
  const block = await chain.getBlock(BigInt(slot));
  if (block === undefined) throw notAvailable(slot);
  return block.header.timestamp;
});

export const getBlocks = solanaMethod(
  [required("startSlot", unsigned), optional("endSlot", (value) => value, undefined), optionalConfig],
  ({ chain, limits }, [start, end]) => {
    const last = typeof end === "number" ? unsigned(end, "params[1] (endSlot)") : Number(chain.head.header.number);
    if (last - start > limits.blocks) throw invalidParameter("params[1] (endSlot)", `at most ${limits.blocks} slots`, last - start);
    return range(start, Math.min(last, Number(chain.head.header.number)));
  },
);

export const getBlocksWithLimit = solanaMethod(
  [required("startSlot", unsigned), required("limit", unsigned), optionalConfig],
  ({ chain, limits }, [start, limit]) => {
    if (limit > limits.blocks) throw invalidParameter("params[1] (limit)", `at most ${limits.blocks}`, limit);
    return range(start, Math.min(start + limit - 1, Number(chain.head.header.number)));
  },
);

export const getBlock = solanaMethod([required("slot", unsigned), optionalConfig], async ({ chain }, [slot, { fields }]) => {
  const encoding = field(fields, "encoding", oneOf(["json", "jsonParsed", "base58", "base64"]), "config") ?? "json";
  const details = field(fields, "transactionDetails", oneOf(["full", "accounts", "signatures", "none"]), "config") ?? "full";
  const maxVersion = field(fields, "maxSupportedTransactionVersion", unsigned, "config");
  const withRewards = field(fields, "rewards", boolean, "config") ?? true;
  const block = await chain.getBlock(BigInt(slot));
  if (block === undefined) throw notAvailable(slot);
  const receipts = (await chain.getReceipts(block.header.number)) ?? [];
  const { header, hash, transactions } = block;
  const full = transactions.flatMap((transaction, index) => {
    const receipt = receipts[index];
    if (!isSolanaTransaction(transaction) || receipt === undefined) return [];
    if (details === "full") return [formatTransactionWithMeta(transaction, receipt, encoding, maxVersion)];
    return details === "accounts" ? [{ transaction: encodeTransaction(transaction, "jsonParsed"), meta: null }] : [];
  });
  return {
    blockhash: base58.encode(hash),
    previousBlockhash: base58.encode(header.parentHash),
    parentSlot: header.number === 0n ? 0n : header.number - 1n,
    blockHeight: header.number,
    blockTime: header.timestamp,
    ...(details === "full" || details === "accounts" ? { transactions: full } : {}),
    ...(details === "signatures" ? { signatures: transactions.map((transaction) => base58.encode(solanaId(transaction))) } : {}),
    ...(withRewards ? { rewards: [] } : {}),
  };
});

export const getFirstAvailableBlock = solanaMethod([], () => 0n);
export const getSlotLeader = solanaMethod([optionalConfig], () => leader);
export const getSlotLeaders = solanaMethod([required("startSlot", unsigned), required("limit", unsigned)], (_, [, limit]) => {
  if (limit < 1 || limit > 5_000) throw invalidParameter("params[1] (limit)", "1 to 5,000", limit);
  return Array.from({ length: limit }, () => leader);
});

export const getEpochInfo = solanaMethod([optionalConfig], async ({ chain }, [{ minContextSlot }]) => {
  const { blockNumber } = await headState(chain, minContextSlot);
  return {
    absoluteSlot: blockNumber,
    blockHeight: blockNumber,
    epoch: blockNumber / SLOTS_PER_EPOCH,
    slotIndex: blockNumber % SLOTS_PER_EPOCH,
    slotsInEpoch: SLOTS_PER_EPOCH,
    transactionCount: null,
  };
});

export const getEpochSchedule = solanaMethod([], () => ({
  slotsPerEpoch: SLOTS_PER_EPOCH,
  leaderScheduleSlotOffset: SLOTS_PER_EPOCH,
  warmup: false,
  firstNormalEpoch: 0,
  firstNormalSlot: 0,
}));

export const getGenesisHash = solanaMethod([], async ({ chain }) => base58.encode(((await chain.getBlock("earliest")) as Block).hash));

function range(start: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - start + 1) }, (_, index) => start + index);
}

function notAvailable(slot: number): RpcError {
  return new RpcError(solanaErrorCodes.blockNotAvailable, `Block not available for slot ${slot}`);
}
