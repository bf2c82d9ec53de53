/** Running calls under the node's limits. */
import type { BlockTag, CallOptions, CallOutcome, CallRequest, ChainTracer } from "@trireme/chain";
import { stateAt } from "./blocks.ts";
import type { TransactionRequest } from "./parameters/call-request.ts";
import { defined } from "./parameters/structure.ts";
import type { EthereumLimits, EthereumServices } from "./services.ts";

/** Options as methods read them: absent ones are undefined. */
export interface CallParameters {
  readonly block: BlockTag;
  readonly stateOverrides?: CallOptions["stateOverrides"] | undefined;
  readonly blockOverrides?: CallOptions["blockOverrides"] | undefined;
  readonly tracer?: ChainTracer | undefined;
}

/** Runs a call, its gas capped. @throws RpcError -32001 for a block that does not exist */
export async function runCall(services: EthereumServices, request: TransactionRequest, parameters: CallParameters): Promise<CallOutcome> {
  return services.chain.call(limitedRequest(request, services.limits), await callOptions(services, parameters));
}

/** Options for the chain. @throws RpcError -32001 for a block that does not exist */
export async function callOptions(services: EthereumServices, parameters: CallParameters): Promise<CallOptions> {
  if (parameters.block !== "latest" && parameters.block !== "pending") await stateAt(services.chain, parameters.block);
  return defined({ ...parameters, milliseconds: services.limits.callMilliseconds });
}

/** The request with a gas limit of at most the node's, without what is no field of a call. */
export function limitedRequest(request: TransactionRequest, limits: EthereumLimits): CallRequest {
  const { chainId: _chainId, type: _type, ...fields } = request;
  return fields.gas !== undefined && fields.gas > limits.callGas ? { ...fields, gas: limits.callGas } : fields;
}
