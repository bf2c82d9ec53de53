/** trireme_traceTransaction: the call tree of a transaction of whichever dialect, by whichever of its ids. */
import { base58 } from "@scure/base";
import type { Chain } from "@trireme/chain";
import { bytesToHex, type Hash, type Hex } from "@trireme/core";
import { batchOf, isEthereumTransaction } from "../ethereum/format/transaction.ts";
import { toQuantity } from "../ethereum/format/quantity.ts";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import { required, type Parameter } from "../json-rpc/rpc-method.ts";
import { solanaId } from "../solana/format/transaction.ts";
import type { CallFrame } from "../tracers/call-frame.ts";
import { createCallTracer } from "../tracers/call-tracer.ts";
import { failingPath } from "../tracers/failing-path.ts";
import { transactionKey } from "./transaction-key.ts";

/** A transaction of a block and its tree; numbers are quantities. */
export interface TransactionTrace {
  readonly hash: Hex;
  /** Its Solana id, base58: the first signature, or what stands for an Ethereum transaction. */
  readonly signature: string;
  /** `ethereum`, `solana`: any but the first has a root over the instructions of the transaction. */
  readonly dialect: string;
  readonly blockHash: Hex;
  readonly blockNumber: Hex;
  readonly transactionIndex: Hex;
  /** As in a receipt: 1 for success. */
  readonly status: Hex;
  /** Where it failed: places among `calls`, from the root on; empty for the root itself, null where it succeeded. */
  readonly failedAt: readonly number[] | null;
  readonly trace: CallFrame;
}

/** Its parameters in both dialects' tables. */
export const traceTransactionParameters: readonly [Parameter<Hash>] = [required("id", transactionKey)];

/** Runs a transaction again and gives its tree, logs and program logs included. @throws RpcError -32000 for one that stands in no block */
export async function traceTransaction(chain: Chain, key: Hash): Promise<TransactionTrace> {
  const found = await chain.getTransaction(key);
  const tracer = createCallTracer({ withLog: true });
  const outcome = found?.block === undefined ? undefined : await chain.traceTransaction(found.transaction.hash, tracer);
  if (found?.block === undefined || outcome === undefined)
    throw new RpcError(rpcErrorCodes.server, "transaction not found: expected the id of one that stands in a block");
  const { transaction, block, index } = found;
  const { gasUsed, result } = outcome;
  const trace = tracer.root({ gasLimit: transaction.gasLimit, gasUsed, result, batch: batchOf(transaction) });
  if (trace === undefined) throw new RpcError(rpcErrorCodes.internal, "expected a transaction that runs a frame, got none");
  return {
    hash: bytesToHex(transaction.hash),
    signature: base58.encode(solanaId(transaction)),
    dialect: isEthereumTransaction(transaction) ? "ethereum" : transaction.format,
    blockHash: bytesToHex(block.hash),
    blockNumber: toQuantity(block.header.number),
    transactionIndex: toQuantity(index),
    status: result.kind === "success" ? "0x1" : "0x0",
    failedAt: failingPath(trace) ?? null,
    trace,
  };
}
