/** What a revert says: Solidity's Error(string) and Panic(uint256), read for people. */
import { bytesToBigint, bytesToHex, outputOf, type ExecutionResult } from "@trireme/core";
import { RpcError, rpcErrorCodes } from "../../json-rpc/rpc-error.ts";

const PANICS: ReadonlyMap<bigint, string> = new Map([
  [0x00n, "generic panic"],
  [0x01n, "assert(false)"],
  [0x11n, "arithmetic underflow or overflow"],
  [0x12n, "division or modulo by zero"],
  [0x21n, "enum overflow"],
  [0x22n, "invalid encoded storage byte array accessed"],
  [0x31n, "out-of-bounds array access; popping on an empty array"],
  [0x32n, "out-of-bounds access of an array or bytesN"],
  [0x41n, "out of memory"],
  [0x51n, "uninitialized function"],
]);

/** Halt reasons in geth's words, where it has some. */
const HALTS: Readonly<Record<string, string>> = {
  outOfGas: "out of gas",
  invalidOpcode: "invalid opcode",
  stackUnderflow: "stack underflow",
  stackOverflow: "stack limit reached 1024",
  invalidJump: "invalid jump destination",
  writeProtection: "write protection",
  returnDataOutOfBounds: "return data out of bounds",
  createCollision: "contract address collision",
  codeSizeLimit: "max code size exceeded",
  initCodeSizeLimit: "max initcode size exceeded",
  invalidCode: "invalid code: must not begin with 0xef",
  nonceOverflow: "nonce uint64 overflow",
};

const REFUSALS: Readonly<Record<string, string>> = {
  insufficientBalance: "insufficient balance for transfer",
  callDepth: "max call depth exceeded",
  nonceOverflow: "nonce uint64 overflow",
};

/** Text of Error(string) or Panic(uint256) return data; undefined for anything else. Total. */
export function revertReason(output: Uint8Array): string | undefined {
  const selector = bytesToHex(output.subarray(0, 4));
  if (selector === "0x4e487b71" && output.length === 36) {
    const code = bytesToBigint(output.subarray(4));
    return PANICS.get(code) ?? `unknown panic code: 0x${code.toString(16)}`;
  }
  if (selector !== "0x08c379a0" || output.length < 68) return undefined;
  const length = bytesToBigint(output.subarray(36, 68));
  if (bytesToBigint(output.subarray(4, 36)) !== 32n || length > BigInt(output.length - 68)) return undefined;
  return new TextDecoder().decode(output.subarray(68, 68 + Number(length)));
}

/** How a frame failed, in geth's words; undefined when it did not. */
export function failureMessage(result: ExecutionResult): string | undefined {
  if (result.kind === "success") return undefined;
  if (result.kind === "halt") return HALTS[result.reason] ?? result.reason;
  return result.refused === undefined ? "execution reverted" : (REFUSALS[result.refused] ?? result.refused);
}

/** The wire error of a call that failed: code 3 with the return data for a revert, -32000 for the rest. */
export function executionFailed(result: ExecutionResult): RpcError {
  const message = failureMessage(result) ?? "execution succeeded";
  if (result.kind === "halt") {
    // Where Ethereum has words for the reason, an engine's own add nothing that a client may rely on.
    const isTold = result.detail === undefined || result.reason in HALTS;
    return new RpcError(rpcErrorCodes.server, isTold ? message : `${message}: ${result.detail}`);
  }
  if (result.kind === "revert" && result.refused !== undefined) return new RpcError(rpcErrorCodes.server, message);
  const output = outputOf(result);
  const reason = revertReason(output) ?? (result.kind === "revert" ? result.error : undefined);
  return new RpcError(rpcErrorCodes.executionReverted, reason === undefined ? message : `${message}: ${reason}`, bytesToHex(output));
}
