/** eth_getLogs: blocks are sifted by their bloom, receipts read of those that may match. */
import type { Block, BlockTag, Chain, Receipt } from "@trireme/chain";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import { blockAt, blockNotFound } from "./blocks.ts";
import { formatLog, type RpcLog } from "./format/log.ts";
import { createBloomTest, matchesLog } from "./log-match.ts";
import type { LogCriteria, LogFilter } from "./parameters/log-filter.ts";
import type { EthereumLimits } from "./services.ts";

/** All logs that a filter describes, oldest first. @throws RpcError on ranges that are empty, too long or beyond the head */
export async function queryLogs(chain: Chain, filter: LogFilter, limits: EthereumLimits): Promise<readonly RpcLog[]> {
  const { range } = filter;
  const { from, to } =
    "blockHash" in range ? await boundsOfHash(chain, { hash: range.blockHash }) : await boundsOfRange(chain, range, limits);
  const mayMatch = createBloomTest(filter);
  const logs: RpcLog[] = [];
  for (let number = from; number <= to; number++) {
    const block = await chain.getBlock(number);
    if (block === undefined || !mayMatch(block.header.logsBloom)) continue;
    for (const receipt of (await chain.getReceipts(number)) ?? []) logs.push(...matchingLogs(filter, receipt, block));
    if (logs.length > limits.logResults) {
      throw new RpcError(
        rpcErrorCodes.limitExceeded,
        `query returned more than ${limits.logResults} results: ask for fewer blocks than ${from} to ${to}; ${from} to ${number} hold ${logs.length}`,
      );
    }
  }
  return logs;
}

/** The logs of one receipt that meet criteria. */
export function matchingLogs(criteria: LogCriteria, receipt: Receipt, block: Block): readonly RpcLog[] {
  const logs: RpcLog[] = [];
  for (const [index, log] of receipt.logs.entries()) {
    if (matchesLog(criteria, log)) logs.push(formatLog(log, index, receipt, block.header.timestamp));
  }
  return logs;
}

async function boundsOfHash(chain: Chain, tag: BlockTag): Promise<{ from: bigint; to: bigint }> {
  const { number } = (await blockAt(chain, tag)).header;
  return { from: number, to: number };
}

async function boundsOfRange(
  chain: Chain,
  range: { readonly from: BlockTag; readonly to: BlockTag },
  limits: EthereumLimits,
): Promise<{ from: bigint; to: bigint }> {
  const head = chain.head.header.number;
  const from = await numberOf(chain, range.from);
  const to = await numberOf(chain, range.to);
  if (to > head) {
    throw new RpcError(
      rpcErrorCodes.invalidParams,
      `block range extends beyond current head block: expected toBlock of at most ${head}, got ${to}`,
    );
  }
  if (from > to) throw new RpcError(rpcErrorCodes.invalidParams, `invalid block range: expected fromBlock of at most ${to}, got ${from}`);
  if (to - from >= BigInt(limits.logRange)) {
    throw new RpcError(
      rpcErrorCodes.limitExceeded,
      `exceed maximum block range: expected at most ${limits.logRange} blocks, got ${to - from + 1n}`,
    );
  }
  return { from, to };
}

async function numberOf(chain: Chain, tag: BlockTag): Promise<bigint> {
  if (typeof tag === "bigint") return tag;
  // Logs of the pending block do not exist yet.
  if (tag === "latest" || tag === "pending") return chain.head.header.number;
  const block = await chain.getBlock(tag);
  if (block === undefined) throw blockNotFound(chain, tag);
  return block.header.number;
}
