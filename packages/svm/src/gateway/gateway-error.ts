/** What a caller of the gateway gets back when it fails. */
import type { ExecutionResult, Pubkey } from "@trireme/core";
import { bytesValue, encodeAbiError, word } from "./abi-writer.ts";

const utf8 = new TextEncoder();

/** `error SvmError(bytes32 program, uint32 code, string reason)`: the program failed; `code` is its own number, 0 where it gave none. */
export function svmError(program: Pubkey, result: Exclude<ExecutionResult, { kind: "success" }>): Uint8Array {
  const { code, reason } = causeOf(result);
  return encodeAbiError("SvmError(bytes32,uint32,string)", word(program), word(BigInt(code)), bytesValue(utf8.encode(reason)));
}

/** `error GatewayError(string reason)`: the call could not be made. */
export function gatewayError(reason: string): Uint8Array {
  return encodeAbiError("GatewayError(string)", bytesValue(utf8.encode(reason)));
}

function causeOf(result: Exclude<ExecutionResult, { kind: "success" }>): { readonly code: number; readonly reason: string } {
  if (result.kind === "halt")
    return { code: 0, reason: result.detail === undefined ? result.reason : `${result.reason}: ${result.detail}` };
  if (result.refused !== undefined) return { code: 0, reason: result.refused };
  const error: unknown = result.error === undefined ? undefined : JSON.parse(result.error);
  if (typeof error === "string") return { code: 0, reason: error };
  if (typeof error === "object" && error !== null && "Custom" in error) return { code: Number(error.Custom), reason: "Custom" };
  return { code: 0, reason: result.error ?? "failed" };
}
