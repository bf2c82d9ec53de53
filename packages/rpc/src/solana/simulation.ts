/** Running a transaction on top of the head and forgetting it. */
import type { Chain, DryRun, StateView } from "@trireme/chain";
import { addressToHex, isTriremeError, toAddress, type TransactionError } from "@trireme/core";
import {
  decodeSolanaReceipt,
  decodeSolanaTransaction,
  transactionErrorText,
  type DecodeOptions,
  type SolanaReceipt,
  type SolanaTransaction,
  type SolanaTransactionError,
} from "@trireme/svm";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import { batchOf, formatAccessListEntry } from "../ethereum/format/transaction.ts";
import type { CallFrame } from "../tracers/call-frame.ts";
import { createCallTracer } from "../tracers/call-tracer.ts";
import { failingPath } from "../tracers/failing-path.ts";
import { solanaErrorCodes } from "./error-codes.ts";
import { loadedAccountsSize } from "./loaded-size.ts";
import { formatInner } from "./format/message.ts";
import { formatLoaded, formatReturnData } from "./format/transaction.ts";
import { withEventLines } from "./event-lines.ts";

/** What came of it. */
export interface SolanaSimulation {
  readonly error: SolanaTransactionError | undefined;
  readonly logs: readonly string[];
  /** Undefined where it could not stand in a block. */
  readonly receipt: SolanaReceipt | undefined;
  readonly run: DryRun | undefined;
  /** Bytes of accounts that it loaded. */
  readonly loadedSize: number;
  /** Of one that ran and failed. */
  readonly trace?: FailureTrace | undefined;
}

/** The call tree of a failed simulation, over all VMs. */
export interface FailureTrace {
  /** Places among `calls` from the root on. */
  readonly failedAt: readonly number[];
  readonly trace: CallFrame;
}

/** What a transaction shows that did not run: a line where the chain says more than Solana's name of the error, else none. */
export function notRun(error: SolanaTransactionError, run?: DryRun): SolanaSimulation {
  const sentence = run === undefined ? undefined : refusalText(run);
  // kit shows who catches it the name and the logs, and not the message.
  const logs = sentence === undefined || sentence === transactionErrorText(error) ? [] : [sentence];
  return { error, logs, receipt: undefined, run, loadedSize: 0 };
}

/** What was expected and what came, of one that the chain refused in Solana's words. */
export function refusalText(run: DryRun): string | undefined {
  return run.kind === "invalid" && "solana" in run.error ? run.error.message : undefined;
}

/** A transaction that was read, or why it cannot stand in any block though it is one. */
export type ReadTransaction =
  | { readonly kind: "read"; readonly transaction: SolanaTransaction }
  | { readonly kind: "impossible"; readonly error: SolanaTransactionError };

/** Reads an enveloped transaction. @throws RpcError -32602 for bytes that are none, -32003 for a wrong signature */
export function readTransaction(raw: Uint8Array, options: DecodeOptions): ReadTransaction {
  const decoded = decodeSolanaTransaction(raw, options);
  if (decoded.kind === "decoded") return { kind: "read", transaction: decoded.transaction };
  const error = solanaErrorOf(decoded.error);
  if (error === "SignatureFailure") throw signatureFailure();
  if (error === "SanitizeFailure" || error === "UnsupportedVersion")
    throw new RpcError(rpcErrorCodes.invalidParams, `invalid transaction: ${decoded.error.message}`);
  return { kind: "impossible", error };
}

/** What a client is told of a wrong signature. */
export function signatureFailure(): RpcError {
  return new RpcError(solanaErrorCodes.signatureVerificationFailure, "Transaction signature verification failure");
}

/** Simulates what was read, on top of the head, whose state is `view`. */
export async function simulate(chain: Chain, read: ReadTransaction, view: StateView): Promise<SolanaSimulation> {
  if (read.kind === "impossible") return notRun(read.error);
  const run = await chain.dryRun(read.transaction);
  if (run.kind === "invalid") return notRun(solanaErrorOf(run.error), run);
  const { extra, logs, programLogs } = run.result;
  const receipt = extra === undefined ? undefined : decodeSolanaReceipt(extra);
  const loaded = { writable: receipt?.loadedWritable ?? [], readonly: receipt?.loadedReadonly ?? [] };
  const loadedSize = loadedAccountsSize(read.transaction.wire.message, loaded, view);
  const trace = receipt?.error === undefined ? undefined : await traceFailure(chain, read.transaction);
  return { error: receipt?.error, logs: withEventLines(programLogs, logs), receipt, run, loadedSize, trace };
}

/** Runs it again, so that simulations that succeed pay nothing; undefined where the trace is too much to keep. */
async function traceFailure(chain: Chain, transaction: SolanaTransaction): Promise<FailureTrace | undefined> {
  const tracer = createCallTracer({ withLog: true });
  try {
    const run = await chain.dryRun(transaction, tracer);
    if (run.kind === "invalid") return undefined;
    const { result, gasUsed } = run.result;
    const trace = tracer.root({ gasLimit: transaction.gasLimit, gasUsed, result, batch: batchOf(transaction) });
    const failedAt = trace === undefined ? undefined : failingPath(trace);
    return trace === undefined || failedAt === undefined ? undefined : { failedAt, trace };
  } catch (error) {
    if (isTriremeError(error)) return undefined;
    throw error;
  }
}

/** What simulateTransaction shows on demand. */
export interface SimulationExtras {
  readonly accounts?: unknown;
  readonly withInner?: boolean;
  readonly replacementBlockhash?: object;
}

/** The value of simulateTransaction, and the data of a failed preflight. */
export function showSimulation(simulation: SolanaSimulation, more: SimulationExtras = {}): object {
  const { error, logs, receipt } = simulation;
  return {
    err: error ?? null,
    logs,
    accounts: more.accounts ?? null,
    unitsConsumed: receipt?.computeUnitsConsumed ?? 0,
    loadedAccountsDataSize: simulation.loadedSize,
    returnData: receipt?.returnData === undefined ? null : formatReturnData(receipt.returnData),
    innerInstructions: more.withInner === true && receipt !== undefined ? formatInner(receipt.innerInstructions) : null,
    fee: receipt?.fee ?? null,
    preBalances: receipt?.preBalances ?? null,
    postBalances: receipt?.postBalances ?? null,
    replacementBlockhash: more.replacementBlockhash ?? null,
    loadedAddresses: receipt === undefined ? null : formatLoaded(receipt),
    accessList: accessListOf(simulation),
    ...(simulation.trace === undefined ? {} : { triremeTrace: simulation.trace }),
  };
}

/**
 * In Ethereum's form what frames of other VMs touched beyond the accounts of the message: accounts and slots that were cold.
 * Empty for a transaction that stays in the SVM; null for one that did not run.
 */
function accessListOf({ run, receipt }: SolanaSimulation): readonly object[] | null {
  if (run?.kind !== "executed") return null;
  const loaded = new Set(
    [...(receipt?.loadedWritable ?? []), ...(receipt?.loadedReadonly ?? [])].map((key) => addressToHex(toAddress(key))),
  );
  return run.accessList
    .filter(({ address, storageKeys }) => storageKeys.length > 0 || !loaded.has(addressToHex(address)))
    .map(formatAccessListEntry);
}

/** Solana's form of a refusal; one that has none is a block without room. */
export function solanaErrorOf(error: TransactionError): SolanaTransactionError {
  return (error as { solana?: SolanaTransactionError }).solana ?? "WouldExceedMaxBlockCostLimit";
}
