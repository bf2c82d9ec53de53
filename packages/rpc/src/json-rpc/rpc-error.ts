/** Errors as they stand on the wire: JSON-RPC 2.0's own codes and those of EIP-1474. */

/** Wire codes. `executionReverted` is the code that geth made the custom. */
export const rpcErrorCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  server: -32000,
  resourceNotFound: -32001,
  resourceUnavailable: -32002,
  transactionRejected: -32003,
  methodNotSupported: -32004,
  limitExceeded: -32005,
  executionReverted: 3,
} as const;

/** What stands under `error` in a response. */
export interface RpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** A failure that the client is told about, word for word. */
export class RpcError extends Error {
  override readonly name: string = "RpcError";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** True for an `RpcError` of whichever copy of the package. */
export function isRpcError(error: unknown): error is RpcError {
  return error instanceof Error && error.name === "RpcError" && typeof (error as { code?: unknown }).code === "number";
}

/** A parameter that cannot be read: where it stands, what was expected, what came. */
export function invalidParameter(path: string, expected: string, value: unknown): RpcError {
  return new RpcError(rpcErrorCodes.invalidParams, `invalid ${path}: expected ${expected}, got ${describe(value)}`);
}

/** A value as an error message shows it: JSON, cut at 100 characters. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") return `${value}n`;
  // A long string is cut before it is quoted: the message must not cost what the input costs.
  const short = typeof value === "string" ? value.slice(0, 120) : value;
  const text = Array.isArray(short) && short.length > 8 ? `an array of ${short.length} items` : (JSON.stringify(short) ?? typeof short);
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
