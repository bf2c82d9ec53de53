/** A frame in words: what the lines of a printed tree are made of. */
import { bytesToBigint, hexToBytes } from "@trireme/core";
import type { AnnotatedFrame, AnnotatedLog } from "./annotated-frame.ts";
import { decodedText, fieldsText, shorten } from "./decoded.ts";

/** `SPL Token.transfer(amount: 300)`, `0x5FbD...0aa3 0x12345678 (+64 bytes)`, `new contract (512 bytes)` */
export function callText({ callee, decodedInput, input, program, type }: AnnotatedFrame, isWhole: boolean): string {
  if (decodedInput !== undefined) return `${callee}.${decodedText(decodedInput, isWhole)}`;
  const length = input.length / 2 - 1;
  if (type.startsWith("CREATE")) return `${callee} (${length} bytes)`;
  if (length === 0) return callee;
  if (isWhole) return `${callee} ${input}`;
  const shown = program === undefined ? 4 : 8;
  return `${callee} ${input.slice(0, 2 + 2 * shown)}${length > shown ? ` (+${length - shown} bytes)` : ""}`;
}

/** `SPL Token.transfer`: whom a frame called for what, in short. */
export function shortCallText(frame: AnnotatedFrame): string {
  return frame.decodedInput === undefined ? callText(frame, false) : `${frame.callee}.${frame.decodedInput.name}`;
}

/** What a call returned, where it says something. */
export function outputText({ decodedOutput, error, output, type }: AnnotatedFrame, isWhole: boolean): string | undefined {
  if (error !== undefined || type.startsWith("CREATE")) return undefined;
  const fields = decodedOutput?.filter(({ value }) => value !== "0x");
  if (fields !== undefined) return fields.length === 0 ? undefined : fieldsText(fields, isWhole);
  return output === undefined ? undefined : shorten(output, isWhole);
}

/** Why a frame failed; undefined where it did not. */
export function reasonText({ decodedError, error, errorDetail, revertReason }: AnnotatedFrame): string | undefined {
  if (error === undefined) return undefined;
  if (typeof decodedError === "string") return revertReason === undefined ? decodedError : `${decodedError} (${revertReason})`;
  // What Solidity's own errors say, the node has read.
  if (decodedError !== undefined && revertReason === undefined) return decodedText(decodedError, false);
  if (revertReason !== undefined) return revertReason;
  return errorDetail === undefined ? error : `${error}: ${errorDetail}`;
}

/** Whether a frame failed with what its last call failed with: then it has nothing to add. */
export function passesOn(frame: AnnotatedFrame): boolean {
  const { callee, calls, output, errorDetail } = frame;
  const last = calls?.at(-1);
  if (last?.error === undefined) return false;
  const isSame = output === undefined ? reasonText(frame) === reasonText(last) : output === last.output;
  // The gateway, and a call out of the SVM, fail as what they called did.
  return isSame || callee === "SVM gateway" || callErrors.has(errorDetail ?? "");
}

const callErrors: ReadonlySet<string> = new Set([0x7e000001, 0x7e000002].map((code) => `{"Custom":${code}}`));

/** `Transfer(from: 0x..., to: 0x..., value: 1)`, else topics and data. */
export function logText({ event, topics, data }: AnnotatedLog, isWhole: boolean): string {
  if (event !== undefined) return decodedText(event, isWhole);
  return shorten(`log ${[...topics, ...(data === "0x" ? [] : [data])].join(" ")}`, isWhole);
}

/** Program lines that say more than the tree itself; all of them where they are wanted. */
export function shownLines({ vm, programLogs = [] }: AnnotatedFrame, isWhole: boolean): readonly string[] {
  if (isWhole || vm !== "svm") return programLogs;
  return programLogs
    .filter((line) => !/^Program \S+ (?:invoke|success|consumed|failed)/.test(line))
    .map((line) => line.replace(/^Program log: /, ""));
}

/** `1.5 ETH`, in lamports and wei below what reads well; undefined for nothing. */
export function valueText(value: string | undefined): string | undefined {
  const wei = quantity(value ?? "0x0");
  if (wei === 0n) return undefined;
  if (wei < 1_000_000n) return `${wei} wei`;
  const digits = wei.toString().padStart(19, "0");
  const fraction = digits.slice(-18).replace(/0+$/, "");
  return `${grouped(BigInt(digits.slice(0, -18)))}${fraction === "" ? "" : `.${fraction}`} ETH`;
}

/** `12,345 gas`, and the VM's own unit beside it. */
export function costText({ gasUsed, units }: AnnotatedFrame): string {
  const gas = `${grouped(quantity(gasUsed))} gas`;
  return units === undefined ? gas : `${gas}, ${grouped(quantity(units.used))} ${units.unit === "computeUnits" ? "CU" : units.unit}`;
}

/** A quantity of the wire. */
export function quantity(text: string): bigint {
  return bytesToBigint(hexToBytes(`0x${text.slice(2).padStart(text.length + (text.length % 2) - 2, "0")}`));
}

/** `1,234,567` */
export function grouped(value: bigint): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}
