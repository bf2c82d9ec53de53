/** The one place where errors of the chain become wire errors. */
import { isTriremeError, type TransactionError, type TriremeErrorCode } from "@trireme/core";
import { isRpcError, RpcError, rpcErrorCodes, type RpcErrorObject } from "./rpc-error.ts";

const TRIREME_CODES: Partial<Record<TriremeErrorCode, number>> = {
  INVALID_ADDRESS: rpcErrorCodes.invalidParams,
  INVALID_PUBKEY: rpcErrorCodes.invalidParams,
  INVALID_HEX: rpcErrorCodes.invalidParams,
  INVALID_LENGTH: rpcErrorCodes.invalidParams,
  INVALID_ENCODING: rpcErrorCodes.invalidParams,
  INVALID_ARGUMENT: rpcErrorCodes.invalidParams,
  INVALID_TRANSACTION: rpcErrorCodes.server,
  STATE_UNAVAILABLE: rpcErrorCodes.resourceUnavailable,
  LIMIT_EXCEEDED: rpcErrorCodes.limitExceeded,
  NOT_SUPPORTED: rpcErrorCodes.methodNotSupported,
};

/**
 * The wire form of anything thrown. A `TriremeError` keeps its message, and its stable code under `data.code`; any
 * other exception is an internal error whose message is shown (the node is the user's own), never its stack.
 */
export function wireError(error: unknown): RpcErrorObject {
  if (isRpcError(error)) {
    return error.data === undefined
      ? { code: error.code, message: error.message }
      : { code: error.code, message: error.message, data: error.data };
  }
  if (isTriremeError(error)) {
    const { code } = error.details;
    if (error.code === "INVALID_TRANSACTION" && typeof code === "string")
      return wireError(transactionRejected({ code, message: error.message }));
    return { code: TRIREME_CODES[error.code] ?? rpcErrorCodes.internal, message: error.message, data: { code: error.code } };
  }
  return { code: rpcErrorCodes.internal, message: `internal error: ${error instanceof Error ? error.message : String(error)}` };
}

/**
 * Phrases of geth by our codes. viem, ethers and MetaMask recognise a failure by them, so that a message begins with
 * the phrase and goes on in our words.
 */
const GETH_PHRASES: Readonly<Record<string, string>> = {
  nonceTooLow: "nonce too low",
  nonceTooHigh: "nonce too high",
  nonceMax: "nonce has max value",
  insufficientFunds: "insufficient funds for gas * price + value",
  intrinsicGasTooLow: "intrinsic gas too low",
  floorGasTooLow: "intrinsic gas too low: insufficient gas for floor data gas cost",
  feeCapTooLow: "max fee per gas less than block base fee",
  tipAboveFeeCap: "max priority fee per gas higher than max fee per gas",
  blobFeeCapTooLow: "max fee per blob gas less than block blob gas fee",
  gasLimitTooHigh: "transaction gas limit too high",
  gasLimitReached: "gas limit reached",
  initCodeTooLarge: "max initcode size exceeded",
  senderNotEoa: "sender not an eoa",
  wrongChainId: "invalid chain id for signer",
  invalidSignature: "invalid transaction v, r, s values",
  alreadyKnown: "already known",
  replacementUnderpriced: "replacement transaction underpriced",
  underpriced: "transaction underpriced",
  typeNotSupported: "transaction type not supported",
};
/** Messages that begin like this are in geth's words already. */
const KNOWN_STARTS: readonly string[] = [
  ...Object.values(GETH_PHRASES),
  "insufficient funds for transfer",
  "exceeds block gas limit",
  "oversized data",
];

/** The error of a transaction that the chain did not take. Code -32000 as geth has it; `data.code` is ours. */
export function transactionRejected(error: TransactionError): RpcError {
  const phrase = GETH_PHRASES[error.code];
  const isKnown = phrase === undefined || KNOWN_STARTS.some((start) => error.message.startsWith(start));
  const message = isKnown ? error.message : `${phrase}: ${error.message}`;
  return new RpcError(rpcErrorCodes.server, message, { code: error.code });
}
