/** eth_estimateGas */
import { optional, required } from "../../../json-rpc/rpc-method.ts";
import { transactionRejected } from "../../../json-rpc/wire-error.ts";
import { callOptions, limitedRequest } from "../../call.ts";
import { toQuantity } from "../../format/quantity.ts";
import { failedCall } from "../../failed-call.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { transactionRequest } from "../../parameters/call-request.ts";
import { blockOverrides, stateOverrides } from "../../parameters/overrides.ts";
import { ethereumMethod } from "../../services.ts";

/** The least gas limit with which a transaction succeeds. */
export const estimateGas = ethereumMethod(
  [
    required("transaction", transactionRequest),
    blockOrLatest,
    optional("stateOverrides", stateOverrides, undefined),
    optional("blockOverrides", blockOverrides, undefined),
  ],
  async (services, [request, block, state, overrides]) => {
    const parameters = { block, stateOverrides: state, blockOverrides: overrides };
    const options = await callOptions(services, parameters);
    const estimated = await services.chain.estimateGas(limitedRequest(request, services.limits), options);
    if (estimated.kind === "failed") throw await failedCall(services, request, parameters, estimated.result);
    if (estimated.kind === "invalid") throw transactionRejected(estimated.error);
    return toQuantity(estimated.gas);
  },
);
