/** trireme_getBlockReport: how a block was run. */
import type { BlockTag, Chain, ChainBlockReport } from "@trireme/chain";
import { bytesToHex, type Hex } from "@trireme/core";
import { blockAt } from "../ethereum/blocks.ts";
import { toQuantity } from "../ethereum/format/quantity.ts";
import { anyBlock, blockTagName } from "../ethereum/parameters/block-tag.ts";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import { required, type Parameter, type Parser } from "../json-rpc/rpc-method.ts";
import { unsigned } from "../solana/parameters.ts";

/** A block's report on the wire: its number is a quantity, as every client reads it; counts and microseconds are numbers. */
export interface RpcBlockReport extends Omit<ChainBlockReport, "block" | "blockHash" | "hashes" | "transactions"> {
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly transactions: readonly RpcTransactionRuns[];
}

type TransactionRuns = ChainBlockReport["transactions"][number];

/** The runs of a transaction on the wire. */
export interface RpcTransactionRuns extends TransactionRuns {
  /** Null for one that could not stand in the block after all. */
  readonly hash: Hex | null;
}

/** What Ethereum's methods take, or a number as Solana's have it. */
const blockOrNumber: Parser<BlockTag> = (value, path) =>
  typeof value === "number" ? BigInt(unsigned(value, path)) : anyBlock(value, path);

/** Its parameters in both dialects' tables. */
export const blockReportParameters: readonly [Parameter<BlockTag>] = [required("block", blockOrNumber)];

/** The report of a block. @throws RpcError -32001 for one that does not exist, or whose report is not kept */
export async function getBlockReport(chain: Chain, tag: BlockTag): Promise<RpcBlockReport> {
  await blockAt(chain, tag);
  const report = await chain.scheduler.getReport(tag);
  if (report === undefined) {
    const expected = "reports are kept of the newest blocks that this node has made since it started";
    const got = `the head is ${chain.head.header.number}, got ${blockTagName(tag)}`;
    throw new RpcError(rpcErrorCodes.resourceNotFound, `no report of this block: ${expected}; ${got}`);
  }
  const { block, blockHash, hashes, transactions, ...rest } = report;
  return {
    blockNumber: toQuantity(block),
    blockHash: bytesToHex(blockHash),
    ...rest,
    transactions: transactions.map(({ index, runs }) => {
      const hash = hashes[index];
      return { index, hash: hash === undefined ? null : bytesToHex(hash), runs };
    }),
  };
}
