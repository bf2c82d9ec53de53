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

/** A value as an error message shows it: JSON, cut at 100 characters. Costs little, whatever the value. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value) && value.length > MAX_SHOWN) return `an array of ${value.length} items`;
  const text = JSON.stringify(outline(value, 3)) ?? typeof value;
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

const MAX_SHOWN = 8;

/** The outermost levels of a value, short enough to show. */
function outline(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.slice(0, 120);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "...";
  if (Array.isArray(value)) return value.slice(0, MAX_SHOWN).map((entry) => outline(entry, depth - 1));
  const entries = Object.entries(value).slice(0, MAX_SHOWN);
  return Object.fromEntries(entries.map(([key, entry]) => [key.slice(0, 120), outline(entry, depth - 1)]));
}
