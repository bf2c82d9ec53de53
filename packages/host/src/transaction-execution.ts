/** One transaction: prepared and paid by its format, its frames run by the host. */
import {
  emptyBytes,
  gasLeftOf,
  TriremeError,
  zeroAddress,
  type Address,
  type BlockRoom,
  type ExecutionResult,
  type Log,
  type Message,
  type PreparedTransaction,
  type Transaction,
  type TransactionContext,
  type TransactionFormat,
  type TransactionOutcome,
} from "@trireme/core";
import type { Journal } from "@trireme/state";
import type { ExecutionHost } from "./execution-host.ts";
import { toHostFault } from "./host-fault.ts";

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
  let hasBegun = false;
  try {
    const prepared = format.prepare(transaction, host, host.block, room);
    if (prepared.kind === "invalid") return prepared;
    const burntBefore = journal.burnt;
    host.transaction = prepared.context;
    journal.beginTransaction();
    hasBegun = true;
    format.charge(prepared, host);
    const result = runFrames(prepared, host);
    const settlement = format.settle(prepared, result, host);
    const { logs, programLogs } = journal;
    journal.endTransaction();
    return {
      kind: "executed",
      succeeded: result.kind === "success",
      gasUsed: settlement.gasUsed,
      effectiveGasPrice: settlement.effectiveGasPrice,
      blobGasUsed: settlement.blobGasUsed,
      burnt: settlement.burnt + journal.burnt - burntBefore,
      logs: logs.length === 0 ? noLogs : logs.slice(),
      programLogs: programLogs.length === 0 ? noLines : programLogs.map(({ line }) => line),
      result,
      created: createdBy(prepared.frames, result),
    };
  } catch (error) {
    if (hasBegun) journal.rollbackTransaction();
    throw toHostFault(error);
  }
}

/** Runs the frames one after the other; the first that fails undoes all. What one leaves of its gas is the next one's most. */
function runFrames({ frames, transaction }: PreparedTransaction, host: ExecutionHost): ExecutionResult {
  const [only] = frames;
  if (only !== undefined && frames.length === 1) return host.call(only);
  let result: ExecutionResult = { kind: "success", gasLeft: only?.gas ?? transaction.gasLimit, gasRefund: 0n, output: emptyBytes };
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
  host.commit(checkpoint);
  return { ...result, gasRefund };
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
