/** trireme_traceTransaction: the call tree of a transaction of whichever dialect, by whichever of its ids. */
import { base58 } from "@scure/base";
import type { Chain } from "@trireme/chain";
import { bytesToHex, solanaIdOfEthereumTransaction, type Hash, type Hex } from "@trireme/core";
import { batchOf } from "../ethereum/format/transaction.ts";
import { toQuantity } from "../ethereum/format/quantity.ts";
import { hash } from "../ethereum/parameters/scalar.ts";
import { invalidParameter, RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import { required, type Parameter, type Parser } from "../json-rpc/rpc-method.ts";
import { hashOfSolanaId } from "../solana/find-transaction.ts";
import { isSolanaTransaction, solanaId } from "../solana/format/transaction.ts";
import { signature } from "../solana/parameters.ts";
import type { CallFrame } from "../tracers/call-frame.ts";
import { createCallTracer } from "../tracers/call-tracer.ts";
import { failingPath } from "../tracers/failing-path.ts";

/** A transaction of a block and its tree; numbers are quantities. */
export interface TransactionTrace {
  readonly hash: Hex;
  /** Its Solana id, base58: the first signature, or what stands for an Ethereum transaction. */
  readonly signature: string;
  /** Name of its format: `ethereum`, `solana`. */
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

const id: Parser<Hash> = (value, path) => {
  if (typeof value === "string" && value.startsWith("0x")) return hash(value, path);
  try {
    return hashOfSolanaId(signature(value, path));
  } catch {
    throw invalidParameter(path, "the id of a transaction: 32 bytes in hexadecimal, or base58 of 64 bytes", value);
  }
};

/** Its parameters in both dialects' tables. */
export const traceTransactionParameters: readonly [Parameter<Hash>] = [required("id", id)];

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
    signature: base58.encode(isSolanaTransaction(transaction) ? solanaId(transaction) : solanaIdOfEthereumTransaction(transaction.hash)),
    dialect: transaction.format,
    blockHash: bytesToHex(block.hash),
    blockNumber: toQuantity(block.header.number),
    transactionIndex: toQuantity(index),
    status: result.kind === "success" ? "0x1" : "0x0",
    failedAt: failingPath(trace) ?? null,
    trace,
  };
}
