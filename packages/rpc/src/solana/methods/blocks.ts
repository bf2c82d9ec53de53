/** Slots, blocks, blockhashes, epochs. Every block is a slot, and final once it is durable. */
import { base58 } from "@scure/base";
import type { Hash, Transaction } from "@trireme/core";
import type { Block } from "@trireme/chain";
import { isRecentBlockhash, maxBlockhashAge, nextBlock } from "@trireme/svm";
import { field } from "../../ethereum/parameters/structure.ts";
import { invalidParameter, RpcError } from "../../json-rpc/rpc-error.ts";
import { optional, required } from "../../json-rpc/rpc-method.ts";
import { solanaErrorCodes } from "../error-codes.ts";
import { formatTransactionAccounts, formatTransactionWithMeta, solanaId } from "../format/transaction.ts";
import {
  boolean,
  bytesOf,
  config,
  oneOf,
  optionalConfig,
  optionalTransactionConfig,
  transactionEncoding,
  unsigned,
} from "../parameters.ts";
import { headState, solanaMethod, withContext } from "../services.ts";
import { viewTransaction, type TransactionView } from "../transaction-view.ts";

const SLOTS_PER_EPOCH = 432_000n;

export const getSlot = solanaMethod(
  [optionalConfig],
  async ({ chain }, [{ minContextSlot }]) => (await headState(chain, minContextSlot)).blockNumber,
);

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
  [required("startSlot", unsigned), optional("endSlot", endSlotOrConfig, undefined), optionalConfig],
  ({ chain, limits }, [start, end]) => {
    const last = end ?? Number(chain.head.header.number);
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

export const getBlock = solanaMethod([required("slot", unsigned), optionalTransactionConfig], async ({ chain }, [slot, { fields }]) => {
  const encoding = field(fields, "encoding", transactionEncoding, "config") ?? "json";
  const details = field(fields, "transactionDetails", oneOf(["full", "accounts", "signatures", "none"]), "config") ?? "full";
  const maxVersion = field(fields, "maxSupportedTransactionVersion", unsigned, "config");
  const withRewards = field(fields, "rewards", boolean, "config") ?? true;
  const block = await chain.getBlock(BigInt(slot));
  if (block === undefined) throw notAvailable(slot);
  const receipts = (await chain.getReceipts(block.header.number)) ?? [];
  const { header, hash, transactions } = block;
  const viewAll = (): readonly TransactionView[] =>
    receipts.map((receipt, index) => viewTransaction(transactions[index] as Transaction, receipt, block));
  return {
    blockhash: base58.encode(hash),
    previousBlockhash: base58.encode(header.parentHash),
    parentSlot: header.number === 0n ? 0n : header.number - 1n,
    blockHeight: header.number,
    blockTime: header.timestamp,
    ...(details === "full" ? { transactions: viewAll().map((view) => formatTransactionWithMeta(view, encoding, maxVersion)) } : {}),
    ...(details === "accounts" ? { transactions: viewAll().map((view) => formatTransactionAccounts(view, maxVersion)) } : {}),
    ...(details === "signatures" ? { signatures: transactions.map((transaction) => base58.encode(solanaId(transaction))) } : {}),
    ...(withRewards ? { rewards: [] } : {}),
  };
});

export const getFirstAvailableBlock = solanaMethod([], () => 0n);

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

/** The end may be left out before a configuration. */
function endSlotOrConfig(value: unknown, path: string): number | undefined {
  if (typeof value === "number") return unsigned(value, path);
  config(value, path);
  return undefined;
}

function range(start: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - start + 1) }, (_, index) => start + index);
}

function notAvailable(slot: number): RpcError {
  return new RpcError(solanaErrorCodes.blockNotAvailable, `Block not available for slot ${slot}`);
}
