/** debug_traceTransaction */
import { RpcError, rpcErrorCodes } from "../../../json-rpc/rpc-error.ts";
import { optional, required } from "../../../json-rpc/rpc-method.ts";
import { hash } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";
import { defaultTraceOptions, traceOptions } from "../../tracing.ts";

/** Runs a transaction of a block again, under a tracer. */
export const traceTransaction = ethereumMethod(
  [required("transactionHash", hash), optional("options", traceOptions, defaultTraceOptions)],
  async ({ chain, limits }, [transactionHash, options]) => {
    const found = await chain.getTransaction(transactionHash);
    const tracing = options(limits);
    const outcome = found?.block === undefined ? undefined : await chain.traceTransaction(transactionHash, tracing.tracer);
    if (found === undefined || outcome === undefined) throw new RpcError(rpcErrorCodes.server, "transaction not found");
    return tracing.finish(outcome, found.transaction);
  },
);
