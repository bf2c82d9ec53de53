/** debug_traceBlockByNumber, debug_traceBlockByHash */
import type { Block } from "@trireme/chain";
import { bytesToHex } from "@trireme/core";
import { RpcError, rpcErrorCodes } from "../../../json-rpc/rpc-error.ts";
import { optional, required } from "../../../json-rpc/rpc-method.ts";
import { blockHashTag, blockNumberTag, blockTagName } from "../../parameters/block-tag.ts";
import { ethereumMethod, type EthereumServices } from "../../services.ts";
import { defaultTraceOptions, traceOptions, type TraceOptions } from "../../tracing.ts";

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
  const traces: unknown[] = [];
  for (const transaction of block.transactions) {
    const tracing = options(limits);
    const outcome = await chain.traceTransaction(transaction.hash, tracing.tracer);
    if (outcome === undefined) throw new RpcError(rpcErrorCodes.server, `transaction ${bytesToHex(transaction.hash)} not found`);
    traces.push({ txHash: bytesToHex(transaction.hash), result: tracing.finish(outcome, transaction.gasLimit) });
  }
  return traces;
}
