/** Requests and responses of JSON-RPC 2.0, as values. */
import { describe, RpcError, rpcErrorCodes, type RpcErrorObject } from "./rpc-error.ts";

/** Id of a request; null where it could not be read. */
export type RpcId = string | number | null;

/** A request that is well formed; `id` undefined makes it a notification. */
export interface RpcRequest {
  readonly method: string;
  readonly params: unknown;
  readonly id: RpcId | undefined;
}

export type RpcResponse =
  | { readonly jsonrpc: "2.0"; readonly id: RpcId; readonly result: unknown }
  | { readonly jsonrpc: "2.0"; readonly id: RpcId; readonly error: RpcErrorObject };

/** Reads one request. @throws RpcError -32600 that says what is wrong; `requestId` gives the id to answer to. */
export function parseRequest(value: unknown): RpcRequest {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("a request object", value);
  const { jsonrpc, method, params, id } = value as Readonly<Record<string, unknown>>;
  if (jsonrpc !== "2.0") throw invalid('"jsonrpc": "2.0"', jsonrpc);
  if (typeof method !== "string") throw invalid('a string under "method"', method);
  if (params !== undefined && (typeof params !== "object" || params === null)) throw invalid('an array or object under "params"', params);
  if (id !== undefined && id !== null && typeof id !== "string" && typeof id !== "number") {
    throw invalid('a string, number or null under "id"', id);
  }
  return { method, params, id };
}

/** The id of whatever came, null when it has none that can be answered to. */
export function requestId(value: unknown): RpcId {
  if (typeof value !== "object" || value === null) return null;
  const { id } = value as Readonly<Record<string, unknown>>;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

/** A response that carries an error. */
export function errorResponse(id: RpcId, error: RpcErrorObject): RpcResponse {
  return { jsonrpc: "2.0", id, error };
}

/** The text of a response that carries an error. */
export function errorText(id: RpcId, code: number, message: string): string {
  return JSON.stringify(errorResponse(id, { code, message }));
}

function invalid(expected: string, value: unknown): RpcError {
  return new RpcError(rpcErrorCodes.invalidRequest, `invalid request: expected ${expected}, got ${describe(value)}`);
}
