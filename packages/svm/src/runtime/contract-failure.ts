/** How a failed call to a contract is told: to its caller as bytes, to people as text. */
import { bytesToBigint, bytesToHex, concatBytes, equalBytes, outputOf, type ExecutionResult } from "@trireme/core";
import { maxReturnData } from "./limits.ts";

type Failure = Exclude<ExecutionResult, { kind: "success" }>;

/** Return data of a failed try: 1 for a revert, 2 for a halt, then the data of the revert, cut to what return data holds. */
export function returnedFailure(failure: Failure): Uint8Array {
  const kind = failure.kind === "revert" ? 1 : 2;
  return concatBytes(Uint8Array.of(kind), outputOf(failure).subarray(0, maxReturnData - 1));
}

const errorSelector = Uint8Array.of(0x08, 0xc3, 0x79, 0xa0);
const shownBytes = 68;
const shownText = 256;
const utf8 = new TextDecoder();

/** `reverted: not enough`, `reverted: 0x1425ea42`, `halted: outOfGas`. */
export function failureText(failure: Failure): string {
  if (failure.kind === "halt") return `halted: ${failure.detail === undefined ? failure.reason : `${failure.reason}: ${failure.detail}`}`;
  if (failure.refused !== undefined) return `refused: ${failure.refused}`;
  const { output } = failure;
  const reason = reasonOf(output);
  if (reason !== undefined) return `reverted: ${reason}`;
  if (output.length === 0) return failure.error === undefined || failure.error === "" ? "reverted" : `reverted: ${failure.error}`;
  return `reverted: ${bytesToHex(output.subarray(0, shownBytes))}${output.length > shownBytes ? "..." : ""}`;
}

/** The text of Solidity's `Error(string)`. */
function reasonOf(output: Uint8Array): string | undefined {
  if (output.length < 68 || !equalBytes(output.subarray(0, 4), errorSelector)) return undefined;
  const length = bytesToBigint(output.subarray(36, 68));
  if (length > BigInt(output.length - 68)) return undefined;
  const text = utf8.decode(output.subarray(68, 68 + Number(length)));
  return text.length > shownText ? `${text.slice(0, shownText)}...` : text;
}
