/** Outcomes of transactions out of the bytes that a worker left. */
import type {
  Address,
  ExecutionResult,
  HaltReason,
  InvolvedAccount,
  Log,
  Pubkey,
  TransactionError,
  TransactionOutcome,
} from "@trireme/core";
import { ByteReader, invalid } from "./byte-reader.ts";
import {
  commonErrorFields,
  errorFlag,
  haltCodeOf,
  haltOfCode,
  headFlag,
  involvedFlag,
  otherHalt,
  outcomeKind,
  refusalOfCode,
  resultFlag,
  resultKind,
} from "./outcome-codes.ts";

const headMask = 3 | headFlag.succeeded | headFlag.created | headFlag.extra | headFlag.involved;
const successMask = resultFlag.returnedBy | resultFlag.created;
const revertMask = resultFlag.refused | resultFlag.error;
const errorMask = errorFlag.hasTemporary | errorFlag.isTemporary | errorFlag.fields;
const involvedMask = involvedFlag.isWritten | involvedFlag.hasUnread | involvedFlag.isUnread;

/**
 * Reads what `encodeOutcome` made, and no other bytes; they may be shared memory, and nothing of the outcome refers to them.
 * @throws TriremeError `INVALID_ENCODING`
 */
export function decodeOutcome(bytes: Uint8Array): TransactionOutcome {
  const reader = new ByteReader(bytes);
  const outcome = readOutcome(reader);
  reader.end();
  return outcome;
}

function readOutcome(reader: ByteReader): TransactionOutcome {
  const kind = reader.byte();
  if (kind === outcomeKind.executed) return { kind: "executed", ...readLeft(reader) };
  if (kind === outcomeKind.feeOnly) return { kind: "feeOnly", error: readError(reader), ...readLeft(reader) };
  if (kind === outcomeKind.invalid) return { kind: "invalid", error: readError(reader) };
  throw invalid("the kind of an outcome, 0 to 2", `${kind}`);
}

function readLeft(reader: ByteReader) {
  const head = reader.flags(headMask, "an outcome");
  const gasUsed = reader.integer();
  const effectiveGasPrice = reader.integer();
  const blobGasUsed = reader.integer();
  const burnt = reader.integer();
  const logs: Log[] = [];
  for (let left = reader.size(); left > 0; left--) logs.push(readLog(reader));
  const programLogs: string[] = [];
  for (let left = reader.size(); left > 0; left--) programLogs.push(reader.text());
  const result = readResult(reader, head & 3);
  const created = (head & headFlag.created) === 0 ? undefined : (reader.fixed(20) as Address);
  const succeeded = (head & headFlag.succeeded) !== 0;
  const left = { succeeded, gasUsed, effectiveGasPrice, blobGasUsed, burnt, logs, programLogs, result, created };
  if ((head & (headFlag.extra | headFlag.involved)) === 0) return left;
  const extra = (head & headFlag.extra) === 0 ? undefined : reader.blob();
  const involved = (head & headFlag.involved) === 0 ? undefined : readAllInvolved(reader);
  return { ...left, ...(extra === undefined ? {} : { extra }), ...(involved === undefined ? {} : { involved }) };
}

function readLog(reader: ByteReader): Log {
  const address = reader.fixed(20) as Address;
  const topics: Uint8Array[] = [];
  for (let left = reader.size(); left > 0; left--) topics.push(reader.fixed(32));
  return { address, topics, data: reader.blob() };
}

function readResult(reader: ByteReader, kind: number): ExecutionResult {
  if (kind === resultKind.success) return readSuccess(reader);
  if (kind === resultKind.revert) return readRevert(reader);
  if (kind === resultKind.halt) return readHalt(reader);
  throw invalid("the kind of a result, 0 to 2", `${kind}`);
}

function readSuccess(reader: ByteReader): ExecutionResult {
  const flags = reader.flags(successMask, "a success");
  const gasLeft = reader.integer();
  const gasRefund = reader.integer();
  const output = reader.blob();
  if (flags === 0) return { kind: "success", gasLeft, gasRefund, output };
  const returnedBy = (flags & resultFlag.returnedBy) === 0 ? {} : { returnedBy: reader.fixed(32) as Pubkey };
  const created = (flags & resultFlag.created) === 0 ? {} : { created: reader.fixed(20) as Address };
  return { kind: "success", gasLeft, gasRefund, output, ...returnedBy, ...created };
}

function readRevert(reader: ByteReader): ExecutionResult {
  const flags = reader.flags(revertMask, "a revert");
  const gasLeft = reader.integer();
  const output = reader.blob();
  if (flags === 0) return { kind: "revert", gasLeft, output };
  const code = (flags & resultFlag.refused) === 0 ? undefined : reader.byte();
  const refused = code === undefined ? undefined : refusalOfCode[code];
  if (code !== undefined && refused === undefined) throw invalid("the reason of a refusal", `${code}`);
  const error = (flags & resultFlag.error) === 0 ? {} : { error: reader.text() };
  return { kind: "revert", gasLeft, output, ...(refused === undefined ? {} : { refused }), ...error };
}

function readHalt(reader: ByteReader): ExecutionResult {
  const flags = reader.flags(resultFlag.detail, "a halt");
  const code = reader.byte();
  const reason = code === otherHalt ? (reader.text() as HaltReason) : haltOfCode[code];
  if (reason === undefined || (code === otherHalt && haltCodeOf.has(reason))) throw invalid("the reason of a halt", `${reason ?? code}`);
  return flags === 0 ? { kind: "halt", reason } : { kind: "halt", reason, detail: reader.text() };
}

function readAllInvolved(reader: ByteReader): InvolvedAccount[] {
  const involved: InvolvedAccount[] = [];
  for (let left = reader.size(); left > 0; left--) {
    const pubkey = reader.fixed(32) as Pubkey;
    const flags = reader.flags(involvedMask, "an involved account");
    const isWritten = (flags & involvedFlag.isWritten) !== 0;
    const isUnread = readOptional(flags, involvedFlag.hasUnread, involvedFlag.isUnread);
    const before = reader.integer();
    const after = reader.integer();
    involved.push(isUnread === undefined ? { pubkey, isWritten, before, after } : { pubkey, isWritten, before, after, isUnread });
  }
  return involved;
}

function readOptional(flags: number, has: number, is: number): boolean | undefined {
  if ((flags & has) !== 0) return (flags & is) !== 0;
  if ((flags & is) !== 0) throw invalid("a flag that is there before it is set", `0x${flags.toString(16)}`);
  return undefined;
}

function readError(reader: ByteReader): TransactionError {
  const code = reader.text();
  const message = reader.text();
  const flags = reader.flags(errorMask, "an error");
  const isTemporary = readOptional(flags, errorFlag.hasTemporary, errorFlag.isTemporary);
  const fields = (flags & errorFlag.fields) === 0 ? {} : readFields(reader.text());
  return { code, message, ...(isTemporary === undefined ? {} : { isTemporary }), ...fields };
}

function readFields(text: string): object {
  let fields: unknown;
  let again: string | undefined;
  try {
    fields = JSON.parse(text);
    again = JSON.stringify(fields);
  } catch {
    again = undefined;
  }
  const names = typeof fields === "object" && fields !== null && !Array.isArray(fields) ? Object.keys(fields) : [];
  if (again !== text || names.length === 0 || names.some((name) => commonErrorFields.has(name)))
    throw invalid("further fields of an error as JSON", JSON.stringify(text.slice(0, 80)));
  return fields as object;
}
