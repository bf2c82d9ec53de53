/** debug_traceBlockByNumber, debug_traceBlockByHash */
import type { Block } from "@trireme/chain";
import { bytesToHex, type Transaction } from "@trireme/core";
import { RpcError, rpcErrorCodes } from "../../../json-rpc/rpc-error.ts";
import { optional, required } from "../../../json-rpc/rpc-method.ts";
import { blockHashTag, blockNumberTag, blockTagName } from "../../parameters/block-tag.ts";
import { ethereumMethod, type EthereumServices } from "../../services.ts";
import { defaultTraceOptions, traceOptions, type TraceOptions, type Tracing } from "../../tracing.ts";

/** Runs all transactions of a block again, each under a tracer of its own. */
export const traceBlockByNumber = ethereumMethod(
  [required("block", blockNumberTag), optional("options", traceOptions, defaultTraceOptions)],
  async (services, [tag, options]) => traceBlock(services, await services.chain.getBlock(tag), blockTagName(tag), options),
);

/** Runs all transactions of a block again, each under a tracer of its own. */
export const traceBlockByHash = ethereumMethod(
  [required("blockHash", blockHashTag), optional("options", traceOptions, defaultTraceOptions)],
  async (services, [tag, options]) => traceBlock(services, await services.chain.getBlock(tag), blockTagName(tag), options),
);

async function traceBlock(
  { chain, limits }: EthereumServices,
  block: Block | undefined,
  name: string,
  options: TraceOptions,
): Promise<unknown> {
  if (block === undefined) throw new RpcError(rpcErrorCodes.server, `block ${name} not found`);
  if (block.header.number === 0n) throw new RpcError(rpcErrorCodes.server, "genesis is not traceable");
  const tracings = block.transactions.map(() => options(limits));
  const outcomes = await chain.traceBlock({ hash: block.hash }, (_, index) => (tracings[index] as Tracing).tracer);
  if (outcomes === undefined) throw new RpcError(rpcErrorCodes.server, `block ${name} not found`);
  return outcomes.map((outcome, index) => {
    const transaction = block.transactions[index] as Transaction;
    return { txHash: bytesToHex(transaction.hash), result: (tracings[index] as Tracing).finish(outcome, transaction) };
  });
}
