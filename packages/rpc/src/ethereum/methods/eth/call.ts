/** eth_call */
import { bytesToHex } from "@trireme/core";
import { optional, required } from "../../../json-rpc/rpc-method.ts";
import { runCall } from "../../call.ts";
import { failedCall } from "../../failed-call.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { transactionRequest } from "../../parameters/call-request.ts";
import { blockOverrides, stateOverrides } from "../../parameters/overrides.ts";
import { ethereumMethod } from "../../services.ts";

/** Runs a call that leaves no trace, and gives what it returned. */
export const call = ethereumMethod(
  [
    required("transaction", transactionRequest),
    blockOrLatest,
    optional("stateOverrides", stateOverrides, undefined),
    optional("blockOverrides", blockOverrides, undefined),
  ],
  async (services, [request, block, state, overrides]) => {
    const parameters = { block, stateOverrides: state, blockOverrides: overrides };
    const { result } = await runCall(services, request, parameters);
    if (result.kind !== "success") throw await failedCall(services, request, parameters, result);
    return bytesToHex(result.output);
  },
);
