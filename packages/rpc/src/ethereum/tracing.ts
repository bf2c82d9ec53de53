/** Choosing a tracer and showing what it saw: the options object of debug_trace*. */
import type { CallOutcome, ChainTracer } from "@trireme/chain";
import { addressToHex, bytesToHex, outputOf, type Hex, type Transaction } from "@trireme/core";
import { precompileAddresses } from "@trireme/ethereum";
import { invalidParameter } from "../json-rpc/rpc-error.ts";
import type { Parser } from "../json-rpc/rpc-method.ts";
import { createCallTracer } from "../tracers/call-tracer.ts";
import { batchOf } from "./format/transaction.ts";
import { createFourByteTracer } from "../tracers/four-byte-tracer.ts";
import { createPrestateTracer } from "../tracers/prestate-tracer.ts";
import { createStructLogTracer } from "../tracers/struct-log-tracer.ts";
import { flag, looseQuantity, text } from "./parameters/scalar.ts";
import { defined, field, object, type Fields } from "./parameters/structure.ts";
import type { EthereumLimits } from "./services.ts";

/** A tracer for one run, and its result once the run is over. */
export interface Tracing {
  readonly tracer: ChainTracer;
  finish(outcome: CallOutcome, run: TracedRun): unknown;
}

/** What was traced: a transaction, or a call with this gas limit. */
export type TracedRun = Transaction | { readonly gasLimit: bigint };

/** Makes a fresh tracing for each run. */
export type TraceOptions = (limits: EthereumLimits) => Tracing;

/** Struct logs, as when no options are given. */
export const defaultTraceOptions: TraceOptions = (limits) => structLogTracing({}, limits);

/** Reads trace options. */
export const traceOptions: Parser<TraceOptions> = (value, path) => {
  const fields = object(value, path);
  const name = field(fields, "tracer", text, path);
  const config = field(fields, "tracerConfig", object, path) ?? {};
  switch (name) {
    case undefined:
    case "":
    case "structLogger":
      return (limits) => structLogTracing(fields, limits, path);
    case "callTracer":
      return () => callTracing(config, `${path}.tracerConfig`);
    case "4byteTracer":
      return fourByteTracing;
    case "prestateTracer":
      return () => prestateTracing(config, `${path}.tracerConfig`);
    case "noopTracer":
      return () => ({ tracer: createCallTracer({ onlyTopCall: true }), finish: () => ({}) });
    default:
      throw invalidParameter(`${path}.tracer`, '"callTracer", "4byteTracer", "prestateTracer", "noopTracer" or none (struct logs)', name);
  }
};

function callTracing(config: Fields, path: string): Tracing {
  const tracer = createCallTracer(
    defined({ onlyTopCall: field(config, "onlyTopCall", flag, path), withLog: field(config, "withLog", flag, path) }),
  );
  return {
    tracer,
    finish: ({ gasUsed, result }, run) =>
      tracer.root({ gasLimit: run.gasLimit, gasUsed, result, batch: "raw" in run ? batchOf(run) : undefined }),
  };
}

function fourByteTracing(): Tracing {
  const tracer = createFourByteTracer(precompiles);
  return { tracer, finish: () => tracer.counts };
}

function prestateTracing(config: Fields, path: string): Tracing {
  const tracer = createPrestateTracer(
    defined({
      diffMode: field(config, "diffMode", flag, path),
      disableCode: field(config, "disableCode", flag, path),
      disableStorage: field(config, "disableStorage", flag, path),
    }),
  );
  return { tracer, finish: () => tracer.result() };
}

/** Of the newest rules: nobody puts a contract where a precompile will be. */
const precompiles: ReadonlySet<Hex> = new Set(precompileAddresses("osaka").map(addressToHex));

function structLogTracing(fields: Fields, limits: EthereumLimits, path = "options"): Tracing {
  const limit = field(fields, "limit", looseQuantity(32), path);
  const tracer = createStructLogTracer(
    defined({
      disableStack: field(fields, "disableStack", flag, path),
      disableStorage: field(fields, "disableStorage", flag, path),
      enableMemory: field(fields, "enableMemory", flag, path),
      limit: limit === undefined ? undefined : Number(limit),
    }),
    { steps: limits.traceSteps, words: limits.traceWords },
  );
  return {
    tracer,
    finish({ result, gasUsed }) {
      return {
        gas: Number(gasUsed),
        failed: result.kind !== "success",
        returnValue: bytesToHex(outputOf(result)),
        structLogs: tracer.logs,
      };
    },
  };
}
