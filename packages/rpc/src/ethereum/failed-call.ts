/** The error of a call that failed, with the way to the frame that failed. */
import { equalBytes, isTriremeError, outputOf, type ExecutionResult } from "@trireme/core";
import { isRpcError, type RpcError } from "../json-rpc/rpc-error.ts";
import { createCallTracer } from "../tracers/call-tracer.ts";
import { failureLines } from "../tracers/failing-path.ts";
import { runCall, type CallParameters } from "./call.ts";
import { executionFailed } from "./format/revert-reason.ts";
import type { TransactionRequest } from "./parameters/call-request.ts";
import type { EthereumServices } from "./services.ts";

/**
 * The wire error. Where a frame further in failed, lines after the message name the frames down to it: the call is run
 * again for them, so that calls that succeed pay nothing.
 */
export async function failedCall(
  services: EthereumServices,
  request: TransactionRequest,
  parameters: CallParameters,
  result: ExecutionResult,
): Promise<RpcError> {
  const { failureTraceGas } = services.limits;
  if (failureTraceGas === 0n) return executionFailed(result);
  const limits = { ...services.limits, callGas: failureTraceGas };
  const isFree = request.gasPrice === undefined && request.maxFeePerGas === undefined;
  const limited = request.gas === undefined && isFree ? { ...request, gas: failureTraceGas } : request;
  const tracer = createCallTracer();
  try {
    const outcome = await runCall({ ...services, limits }, limited, { ...parameters, tracer });
    const root = tracer.root({ gasLimit: outcome.gasUsed, gasUsed: outcome.gasUsed, result: outcome.result });
    const isSame = outcome.result.kind === result.kind && equalBytes(outputOf(outcome.result), outputOf(result));
    return executionFailed(result, isSame && root !== undefined ? failureLines(root) : []);
  } catch (error) {
    // The trace is an extra: too much to keep, or the head has moved on.
    if (isTriremeError(error) || isRpcError(error)) return executionFailed(result);
    throw error;
  }
}
