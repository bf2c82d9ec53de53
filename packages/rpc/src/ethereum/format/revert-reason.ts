/** What a revert says: Solidity's Error(string) and Panic(uint256), and the errors of the gateways, read for people. */
import { bytesToBigint, bytesToHex, outputOf, pubkeyToBase58, type ExecutionResult, type Pubkey } from "@trireme/core";
import { instructionErrorText, transactionErrorText, type InstructionError } from "@trireme/svm";
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

/** Text of Error(string), Panic(uint256), SvmError or GatewayError return data; undefined for anything else. Total. */
export function revertReason(output: Uint8Array): string | undefined {
  const selector = bytesToHex(output.subarray(0, 4));
  if (selector === "0x4e487b71" && output.length === 36) {
    const code = bytesToBigint(output.subarray(4));
    return PANICS.get(code) ?? `unknown panic code: 0x${code.toString(16)}`;
  }
  if (selector === "0x08c379a0") return stringAt(output.subarray(4), 0);
  if (selector === GATEWAY_ERROR) return prefixed("SVM gateway: ", stringAt(output.subarray(4), 0));
  return selector === SVM_ERROR ? svmErrorText(output.subarray(4)) : undefined;
}

/** GatewayError(string) */
const GATEWAY_ERROR = "0x566c5813";
/** SvmError(bytes32,uint32,string) */
const SVM_ERROR = "0x363072f5";

/** The string whose offset is word `word` of an encoding that ends with it. */
function stringAt(body: Uint8Array, word: number): string | undefined {
  const start = 32 * (word + 1);
  if (body.length < start + 32 || bytesToBigint(body.subarray(start - 32, start)) !== BigInt(start)) return undefined;
  const length = bytesToBigint(body.subarray(start, start + 32));
  if (length > BigInt(body.length - start - 32)) return undefined;
  return new TextDecoder().decode(body.subarray(start + 32, start + 32 + Number(length)));
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${prefix}${text}`;
}

function svmErrorText(body: Uint8Array): string | undefined {
  const reason = stringAt(body, 2);
  if (reason === undefined) return undefined;
  const code = Number(bytesToBigint(body.subarray(32, 64)));
  const text = reason === "Custom" ? instructionErrorText({ Custom: code }) : reason;
  return `program ${pubkeyToBase58(body.slice(0, 32) as Pubkey)} failed: ${text}`;
}

/** What a frame that reverted says of itself: its revert data read, else its VM's own error. */
export function frameReason(result: ExecutionResult): string | undefined {
  if (result.kind !== "revert") return undefined;
  return revertReason(result.output) ?? (result.error === undefined || result.error === "" ? undefined : errorText(result.error));
}

/** Solana's sentence for an `InstructionError`; anything else as it is. */
function errorText(error: string): string {
  const custom = /^\{"Custom":(\d+)\}$/.exec(error);
  if (custom !== null) return instructionErrorText({ Custom: Number(custom[1]) });
  const rent = /^\{"InsufficientFundsForRent":\{"account_index":(\d+)\}\}$/.exec(error);
  if (rent !== null) return transactionErrorText({ InsufficientFundsForRent: { account_index: Number(rent[1]) } });
  const name = /^"(\w+)"$/.exec(error);
  return name === null ? error : (instructionErrorText(name[1] as Extract<InstructionError, string>) ?? error);
}

/** How a frame failed, in geth's words; undefined when it did not. */
export function failureMessage(result: ExecutionResult): string | undefined {
  if (result.kind === "success") return undefined;
  if (result.kind === "halt") return HALTS[result.reason] ?? result.reason;
  return result.refused === undefined ? "execution reverted" : (REFUSALS[result.refused] ?? result.refused);
}

/**
 * The wire error of a call that failed: code 3 with the return data for a revert, -32000 for the rest. `lines` follow
 * the message: clients read its beginning and the data.
 */
export function executionFailed(result: ExecutionResult, lines: readonly string[] = []): RpcError {
  const { code, message, data } = failureOf(result);
  return new RpcError(code, [message, ...lines].join("\n"), data);
}

function failureOf(result: ExecutionResult): RpcError {
  const message = failureMessage(result) ?? "execution succeeded";
  if (result.kind === "halt") {
    // Where Ethereum has words for the reason, an engine's own add nothing that a client may rely on.
    const isTold = result.detail === undefined || result.reason in HALTS;
    return new RpcError(rpcErrorCodes.server, isTold ? message : `${message}: ${result.detail}`);
  }
  if (result.kind === "revert" && result.refused !== undefined) return new RpcError(rpcErrorCodes.server, message);
  const output = outputOf(result);
  const reason = frameReason(result);
  return new RpcError(rpcErrorCodes.executionReverted, reason === undefined ? message : `${message}: ${reason}`, bytesToHex(output));
}
