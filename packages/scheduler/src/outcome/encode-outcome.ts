/** Outcomes of transactions as bytes: how a worker leaves them in the memory of the block. */
import { TriremeError, type ExecutionResult, type InvolvedAccount, type TransactionError, type TransactionOutcome } from "@trireme/core";
import { ByteWriter } from "./byte-writer.ts";
import {
  commonErrorFields,
  errorFlag,
  haltCodeOf,
  headFlag,
  involvedFlag,
  otherHalt,
  outcomeKind,
  refusalCodeOf,
  resultFlag,
  resultKind,
} from "./outcome-codes.ts";

const writer = new ByteWriter();

/**
 * Encodes an outcome, in the one form that `decodeOutcome` takes. Further fields of an error are kept where JSON has a form for
 * them. @throws TriremeError `INVALID_LENGTH` | `INVALID_ARGUMENT` where a field breaks its contract: an address of 19 bytes
 */
export function encodeOutcome(outcome: TransactionOutcome): Uint8Array {
  writer.begin();
  writer.byte(outcomeKind[outcome.kind]);
  if (outcome.kind !== "executed") writeError(outcome.error);
  if (outcome.kind !== "invalid") writeLeft(outcome);
  return writer.end();
}

function writeLeft(outcome: Exclude<TransactionOutcome, { readonly kind: "invalid" }>): void {
  const { logs, programLogs, created, extra, involved, result } = outcome;
  writer.byte(
    resultKind[result.kind] |
      (outcome.succeeded ? headFlag.succeeded : 0) |
      (created === undefined ? 0 : headFlag.created) |
      (extra === undefined ? 0 : headFlag.extra) |
      (involved === undefined ? 0 : headFlag.involved),
  );
  writer.integer(outcome.gasUsed);
  writer.integer(outcome.effectiveGasPrice);
  writer.integer(outcome.blobGasUsed);
  writer.integer(outcome.burnt);
  writer.size(logs.length);
  for (const { address, topics, data } of logs) {
    writer.fixed(address, 20);
    writer.size(topics.length);
    for (const topic of topics) writer.fixed(topic, 32);
    writer.blob(data);
  }
  writer.size(programLogs.length);
  for (const line of programLogs) writer.text(line);
  writeResult(result);
  if (created !== undefined) writer.fixed(created, 20);
  if (extra !== undefined) writer.blob(extra);
  if (involved !== undefined) {
    writer.size(involved.length);
    for (const account of involved) writeInvolved(account);
  }
}

function writeResult(result: ExecutionResult): void {
  if (result.kind === "halt") {
    const { reason, detail } = result;
    const code = haltCodeOf.get(reason);
    writer.byte(detail === undefined ? 0 : resultFlag.detail);
    writer.byte(code ?? otherHalt);
    if (code === undefined) writer.text(reason);
    if (detail !== undefined) writer.text(detail);
  } else if (result.kind === "revert") {
    const { refused, error } = result;
    writer.byte((refused === undefined ? 0 : resultFlag.refused) | (error === undefined ? 0 : resultFlag.error));
    writer.integer(result.gasLeft);
    writer.blob(result.output);
    if (refused !== undefined) writer.byte(refusalCode(refused));
    if (error !== undefined) writer.text(error);
  } else {
    const { returnedBy, created } = result;
    writer.byte((returnedBy === undefined ? 0 : resultFlag.returnedBy) | (created === undefined ? 0 : resultFlag.created));
    writer.integer(result.gasLeft);
    writer.integer(result.gasRefund);
    writer.blob(result.output);
    if (returnedBy !== undefined) writer.fixed(returnedBy, 32);
    if (created !== undefined) writer.fixed(created, 20);
  }
}

function refusalCode(refused: string): number {
  const code = refusalCodeOf.get(refused);
  if (code === undefined) throw new TriremeError("INVALID_ARGUMENT", `expected a reason of a refusal, got ${JSON.stringify(refused)}`);
  return code;
}

function writeInvolved({ pubkey, isWritten, before, after, isUnread }: InvolvedAccount): void {
  writer.fixed(pubkey, 32);
  writer.byte(
    (isWritten ? involvedFlag.isWritten : 0) |
      (isUnread === undefined ? 0 : involvedFlag.hasUnread) |
      (isUnread === true ? involvedFlag.isUnread : 0),
  );
  writer.integer(before);
  writer.integer(after);
}

function writeError(error: TransactionError): void {
  const { isTemporary } = error;
  const fields = otherFields(error);
  writer.text(error.code);
  writer.text(error.message);
  writer.byte(
    (isTemporary === undefined ? 0 : errorFlag.hasTemporary) |
      (isTemporary === true ? errorFlag.isTemporary : 0) |
      (fields === undefined ? 0 : errorFlag.fields),
  );
  if (fields !== undefined) writer.text(fields);
}

/** JSON of the fields that are the dialect's; undefined where there are none. */
function otherFields(error: TransactionError): string | undefined {
  const kept = Object.entries(error).filter(([name, value]) => !commonErrorFields.has(name) && hasJson(value));
  return kept.length === 0 ? undefined : JSON.stringify(Object.fromEntries(kept));
}

function hasJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
