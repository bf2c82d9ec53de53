/** Calls, estimates, access lists and traces. */
import { TriremeError, type TransactionError } from "@trireme/core";
import type { CallPlan } from "../calls/simulate.ts";
import type { CallOptions, CallOutcome, CallRequest, Chain, ChainTracer } from "../chain.ts";
import { contextOf } from "../block/block-seed.ts";

import type { ChainDefinition } from "../definition/chain-definition.ts";
import { decodeExtra } from "../dev/mutation.ts";
import type { ExecutionService, StateSource } from "../execution/execution-service.ts";
import { noChanges, type Ledger } from "../ledger/ledger.ts";
import type { BlockQueries } from "./block-queries.ts";

/** The part of a chain that executes without committing. */
export type CallQueries = Pick<Chain, "call" | "estimateGas" | "createAccessList" | "traceTransaction" | "traceBlock">;

/** Makes the call queries of a chain. */
export function createCallQueries(
  definition: ChainDefinition,
  ledger: Ledger,
  blocks: BlockQueries,
  execution: ExecutionService,
): CallQueries {
  const prepare = async (request: CallRequest, options: CallOptions): Promise<{ readonly plan: CallPlan; readonly state: StateSource }> => {
    const { block = "latest", stateOverrides = [], blockOverrides = {}, milliseconds } = options;
    const site = await blocks.callSite(block);
    if (site === undefined)
      throw new TriremeError("STATE_UNAVAILABLE", "expected a block of this chain to call at, got one that it does not have");
    const context = { ...contextOf(definition, site.seed), ...blockOverrides };
    const deadline = milliseconds === undefined ? undefined : { at: Date.now() + milliseconds, milliseconds };
    return { plan: { request, context, stateOverrides, gasCap: definition.limits.callGas, deadline }, state: site.state };
  };

  /** Runs the first `count` transactions of a block again, the last ones under the tracers. */
  const trace = async (number: bigint, count: number, tracers: readonly ChainTracer[]): Promise<readonly CallOutcome[] | undefined> => {
    const record = ledger.store.getRecord(number);
    const block = ledger.store.getBlock(number);
    if (record === undefined || block === undefined) return undefined;
    if (tracers.length === 0) return [];
    const plan = {
      context: contextOf(definition, block.header),
      parentHash: block.header.parentHash,
      parentBeaconBlockRoot: block.header.parentBeaconBlockRoot,
      mutations: decodeExtra(record.extra),
      transactions: block.transactions.slice(0, count),
    };
    const results = await execution.run({ kind: "trace", plan }, { blockNumber: number - 1n, overlay: noChanges }, tracers);
    return results.map(({ result, gasUsed, logs }) => ({ result, gasUsed, logs }));
  };

  return {
    call: async (request, options = {}) => {
      const { plan, state } = await prepare(request, options);
      const outcome = await execution.run({ kind: "call", plan }, state, options.tracer === undefined ? [] : [options.tracer]);
      if (outcome.kind === "invalid") throw refused(outcome.error);
      return { result: outcome.result, gasUsed: outcome.gasUsed, logs: outcome.result.kind === "success" ? outcome.logs : [] };
    },
    estimateGas: async (request, options = {}) => {
      const { plan, state } = await prepare(request, options);
      return execution.run({ kind: "estimate", plan }, state);
    },
    createAccessList: async (request, options = {}) => {
      const { plan, state } = await prepare(request, options);
      const outcome = await execution.run({ kind: "accessList", plan }, state);
      if (outcome.kind === "invalid") throw refused(outcome.error);
      const { accessList, gasUsed, result } = outcome;
      return { accessList, gasUsed, result };
    },
    traceTransaction: async (hash, tracer) => {
      const location = ledger.store.getTransactionLocation(hash);
      if (location === undefined) return undefined;
      const [outcome] = (await trace(location.blockNumber, location.index + 1, [tracer])) ?? [];
      return outcome;
    },
    traceBlock: async (tag, tracerOf) => {
      const block = tag === "pending" ? undefined : await blocks.getBlock(tag);
      if (block === undefined) return undefined;
      const { length } = block.transactions;
      return trace(
        block.header.number,
        length,
        block.transactions.map((transaction, index) => tracerOf(transaction, index)),
      );
    },
  };
}

/** A request that could not have been a transaction at all: too little gas for its data, too little balance for its value. */
function refused(error: TransactionError): TriremeError {
  return new TriremeError("INVALID_TRANSACTION", error.message, { details: { code: error.code } });
}
