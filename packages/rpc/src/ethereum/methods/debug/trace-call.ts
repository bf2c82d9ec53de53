/** debug_traceCall */
import { optional, required, type Parser } from "../../../json-rpc/rpc-method.ts";
import { runCall } from "../../call.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { transactionRequest } from "../../parameters/call-request.ts";
import { blockOverrides, stateOverrides } from "../../parameters/overrides.ts";
import { field, object } from "../../parameters/structure.ts";
import { ethereumMethod } from "../../services.ts";
import { defaultTraceOptions, traceOptions } from "../../tracing.ts";

/** Options of a trace, with the overrides of eth_call. */
const callTraceOptions: Parser<{
  readonly trace: ReturnType<typeof traceOptions>;
  readonly state: ReturnType<typeof stateOverrides> | undefined;
  readonly block: ReturnType<typeof blockOverrides> | undefined;
}> = (value, path) => {
  const fields = object(value, path);
  return {
    trace: traceOptions(value, path),
    state: field(fields, "stateOverrides", stateOverrides, path),
    block: field(fields, "blockOverrides", blockOverrides, path),
  };
};

/** Runs a call that leaves no trace in the state, under a tracer. */
export const traceCall = ethereumMethod(
  [
    required("transaction", transactionRequest),
    blockOrLatest,
    optional("options", callTraceOptions, { trace: defaultTraceOptions, state: undefined, block: undefined }),
  ],
  async (services, [request, block, options]) => {
    const tracing = options.trace(services.limits);
    const outcome = await runCall(services, request, {
      block,
      stateOverrides: options.state,
      blockOverrides: options.block,
      tracer: tracing.tracer,
    });
    return tracing.finish(outcome, { gasLimit: request.gas ?? services.limits.callGas });
  },
);
