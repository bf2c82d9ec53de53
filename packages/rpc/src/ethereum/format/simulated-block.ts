/** Blocks of eth_simulateV1 on the wire: blocks as elsewhere, with what each call did. */
import type { Block, SimulatedBlock, SimulatedCall } from "@trireme/chain";
import { addressToHex, bytesToHex, emptyBytes, type ExecutionResult, type Transaction } from "@trireme/core";
import { formatBlock, type RpcBlock } from "./block.ts";
import { toQuantity } from "./quantity.ts";
import { executionFailed } from "./revert-reason.ts";

/** execution-apis' code of a call that failed without saying why. */
const vmError = -32015;

/** A simulated block. */
export function formatSimulatedBlock({ block, calls }: SimulatedBlock, chainId: bigint, withTransactions: boolean): RpcBlock {
  let firstLogIndex = 0;
  const formatted = calls.map((call, index) => {
    const shown = formatCall(call, block, index, firstLogIndex);
    firstLogIndex += call.logs.length;
    return shown;
  });
  return { ...formatBlock(block, chainId, withTransactions, false), calls: formatted };
}

function formatCall({ result, gasUsed, maxUsedGas, logs }: SimulatedCall, block: Block, index: number, firstLogIndex: number): object {
  const { header, hash } = block;
  const transaction = block.transactions[index] as Transaction;
  return {
    // What a revert gives back stands in its error alone.
    returnData: bytesToHex(result.kind === "success" ? result.output : emptyBytes),
    logs: logs.map(({ address, topics, data }, position) => ({
      address: addressToHex(address),
      topics: topics.map(bytesToHex),
      data: bytesToHex(data),
      blockNumber: toQuantity(header.number),
      blockHash: bytesToHex(hash),
      blockTimestamp: toQuantity(header.timestamp),
      transactionHash: bytesToHex(transaction.hash),
      transactionIndex: toQuantity(index),
      logIndex: toQuantity(firstLogIndex + position),
      removed: false,
    })),
    gasUsed: toQuantity(gasUsed),
    maxUsedGas: toQuantity(maxUsedGas),
    status: result.kind === "success" ? "0x1" : "0x0",
    ...(result.kind === "success" ? {} : { error: callError(result) }),
  };
}

function callError(result: ExecutionResult): object {
  const { code, message, data } = executionFailed(result);
  return data === undefined ? { code: vmError, message } : { code, message, data };
}
