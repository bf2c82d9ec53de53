/** The payload of eth_simulateV1. */
import type { SimulationBlock, SimulationOptions } from "@trireme/chain";
import { RpcError, rpcErrorCodes } from "../../json-rpc/rpc-error.ts";
import type { Parser } from "../../json-rpc/rpc-method.ts";
import { limitedRequest } from "../call.ts";
import type { EthereumLimits } from "../services.ts";
import { transactionRequest, type TransactionRequest } from "./call-request.ts";
import { blockOverrides, stateOverrides } from "./overrides.ts";
import { flag } from "./scalar.ts";
import { defined, field, list, object } from "./structure.ts";

/** What to simulate, before the node's limits are held against it. */
export interface SimulationPayload {
  readonly blocks: readonly PayloadBlock[];
  readonly returnFullTransactions: boolean;
  readonly options: Pick<SimulationOptions, "traceTransfers" | "validation">;
}

type PayloadBlock = Omit<SimulationBlock, "calls"> & { readonly calls?: readonly TransactionRequest[] };

/** Items of a list that are looked at: what a node allows is less. */
const MAX_READ = 10_000;

/** Reads `{ blockStateCalls, traceTransfers, validation, returnFullTransactions }`. */
export const simulationPayload: Parser<SimulationPayload> = (value, path) => {
  const fields = object(value, path);
  return {
    blocks: list(payloadBlock, MAX_READ)(fields["blockStateCalls"], `${path}.blockStateCalls`),
    returnFullTransactions: field(fields, "returnFullTransactions", flag, path) ?? false,
    options: defined({
      traceTransfers: field(fields, "traceTransfers", flag, path),
      validation: field(fields, "validation", flag, path),
    }),
  };
};

const payloadBlock: Parser<PayloadBlock> = (value, path) => {
  const fields = object(value, path);
  return defined({
    overrides: field(fields, "blockOverrides", simulatedOverrides, path),
    stateOverrides: field(fields, "stateOverrides", stateOverrides, path),
    calls: field(fields, "calls", list(transactionRequest, MAX_READ), path),
  });
};

const simulatedOverrides: Parser<ReturnType<typeof blockOverrides>> = (value, path) => {
  field(object(value, path), "withdrawals", list(noWithdrawal, MAX_READ), path);
  return blockOverrides(value, path);
};

const noWithdrawal: Parser<never> = (_value, path) => {
  throw new RpcError(rpcErrorCodes.methodNotSupported, `${path}: expected no withdrawals, for no block of this chain has any`);
};

/** The blocks under the node's limits. @throws RpcError -32005 for more calls than that */
export function limitedBlocks({ blocks }: SimulationPayload, limits: EthereumLimits): readonly SimulationBlock[] {
  const count = blocks.reduce((sum, { calls = [] }) => sum + calls.length, 0);
  if (count > limits.simulatedCalls) {
    throw new RpcError(rpcErrorCodes.limitExceeded, `expected at most ${limits.simulatedCalls} calls in a simulation, got ${count}`);
  }
  return blocks.map(({ calls, ...block }) => ({
    ...block,
    ...(calls === undefined ? {} : { calls: calls.map((call) => limitedRequest(call, limits)) }),
  }));
}
