/** One transaction: prepared and paid by its format, its frames run by the host. */
import {
  emptyBytes,
  gasLeftOf,
  TriremeError,
  zeroAddress,
  type Address,
  type BlockRoom,
  type ExecutionResult,
  type InvolvedAccount,
  type Log,
  type Message,
  type Transaction,
  type TransactionContext,
  type TransactionError,
  type TransactionFormat,
  type TransactionOutcome,
} from "@trireme/core";
import type { Journal } from "@trireme/state";
import type { ExecutionHost } from "./execution-host.ts";
import { toHostFault } from "./host-fault.ts";
import { noteInvolved, settleInvolved } from "./involved-accounts.ts";

/** Context of the host before a transaction is prepared; formats read state only. */
export const noTransaction: TransactionContext = { origin: zeroAddress, gasPrice: 0n, blobHashes: [] };

const noLogs: readonly Log[] = [];
const noLines: readonly string[] = [];

/**
 * Runs a transaction and makes it part of the journal's block. An invalid one leaves the journal as it was.
 * @throws TriremeError `HOST_FAULT` | `STACK_OVERFLOW`: the transaction is rolled back first.
 */
export function runTransaction(
  transaction: Transaction,
  format: TransactionFormat,
  host: ExecutionHost,
  journal: Journal,
  room: BlockRoom,
): TransactionOutcome {
  const { gasLimit } = transaction;
  let hasBegun = false;
  try {
    const prepared = format.prepare(transaction, host, host.block, room);
    if (prepared.kind === "invalid") return prepared;
    const burntBefore = journal.burnt;
    host.transaction = prepared.context;
    journal.beginTransaction();
    hasBegun = true;
    host.warmUp();
    format.charge(prepared, host);
    const { feeOnly, frames } = prepared;
    const result = feeOnly === undefined ? runFrames(frames, gasLimit, host) : notLoaded(feeOnly, gasLimit);
    // Before the coinbase is paid: its credit reads nothing (rule 25).
    const noted = host.hasPrograms && transaction.declared === undefined ? noteInvolved(journal) : undefined;
    const settlement = format.settle(prepared, result, host);
    const { logs, programLogs } = journal;
    journal.endTransaction();
    const outcome = {
      kind: "executed",
      succeeded: result.kind === "success",
      gasUsed: settlement.gasUsed,
      effectiveGasPrice: settlement.effectiveGasPrice,
      blobGasUsed: settlement.blobGasUsed,
      burnt: settlement.burnt + journal.burnt - burntBefore,
      logs: logs.length === 0 ? noLogs : logs.slice(),
      programLogs: programLogs.length === 0 ? noLines : programLogs.map(({ line }) => line),
      result,
      created: createdBy(frames, result),
    } as const;
    // Spreading costs a third of a plain transfer: Ethereum's transactions do without.
    const { extra } = settlement;
    if (noted !== undefined && extra === undefined)
      (outcome as { involved?: readonly InvolvedAccount[] }).involved = settleInvolved(noted, journal, host.block.coinbase);
    if (feeOnly === undefined) return extra === undefined ? outcome : { ...outcome, extra };
    return { ...outcome, kind: "feeOnly", error: feeOnly, ...(extra === undefined ? {} : { extra }) };
  } catch (error) {
    if (hasBegun) journal.rollbackTransaction();
    throw toHostFault(error);
  }
}

/**
 * Runs frames one after the other in one checkpoint; the first that fails undoes all, and so does the verdict of an
 * environment. What one leaves of its gas is the next one's most; `gasLimit` is what is left where there is no frame.
 */
export function runFrames(frames: readonly Message[], gasLimit: bigint, host: ExecutionHost): ExecutionResult {
  const [only] = frames;
  if (only !== undefined && frames.length === 1 && !host.hasVerifiers) return host.call(only);
  let result: ExecutionResult = { kind: "success", gasLeft: only?.gas ?? gasLimit, gasRefund: 0n, output: emptyBytes };
  let gasRefund = 0n;
  const checkpoint = host.checkpoint();
  for (const frame of frames) {
    const gas = gasLeftOf(result);
    result = host.call(frame.gas <= gas ? frame : { ...frame, gas });
    if (result.kind !== "success") {
      host.revert(checkpoint);
      return result;
    }
    gasRefund += result.gasRefund;
  }
  const verdict = host.verdict();
  if (verdict !== undefined) {
    host.revert(checkpoint);
    return { ...verdict, kind: "revert", gasLeft: gasLeftOf(result) };
  }
  host.commit(checkpoint);
  return { ...result, gasRefund };
}

/** What the format of a transaction that cannot be loaded settles: nothing ran. */
function notLoaded(error: TransactionError, gasLeft: bigint): ExecutionResult {
  return { kind: "revert", gasLeft, output: emptyBytes, refused: "notLoaded", error: error.message };
}

function createdBy(frames: readonly Message[], result: ExecutionResult): Address | undefined {
  return frames[0]?.kind === "create" && result.kind === "success" ? (result.created ?? frames[0].recipient) : undefined;
}

/** @throws TriremeError `UNKNOWN_FORMAT` */
export function formatOf(transaction: Transaction, formats: ReadonlyMap<string, TransactionFormat>): TransactionFormat {
  const format = formats.get(transaction.format);
  if (format === undefined) {
    throw new TriremeError(
      "UNKNOWN_FORMAT",
      `expected a transaction of ${[...formats.keys()].join(" or ") || "no format"}, got ${JSON.stringify(transaction.format)}`,
    );
  }
  return format;
}
