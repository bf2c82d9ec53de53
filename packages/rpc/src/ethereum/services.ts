/** What Ethereum's methods work on. */
import type { Chain } from "@trireme/chain";
import { defineMethod, type Parameter, type ServiceMethod } from "../json-rpc/rpc-method.ts";
import type { DevSigners } from "./dev-signers.ts";
import type { FilterStore } from "./filter-store.ts";
import type { SerialByKey } from "./serial-by-key.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** Bounds on what one call may ask of the chain. */
export interface EthereumLimits {
  /** Blocks that eth_getLogs looks at in one call. */
  readonly logRange: number;
  /** Logs that eth_getLogs gives in one call. */
  readonly logResults: number;
  /** Gas of eth_call and its relatives. */
  readonly callGas: bigint;
  /** Time of eth_call and its relatives; a frame that runs is not interrupted. */
  readonly callMilliseconds: number;
  /** Gas with which a call that failed is run again, for the trace in its error; 0 for errors without one. */
  readonly failureTraceGas: bigint;
  /** Filters that are installed at one time. */
  readonly filters: number;
  /** A filter that nobody asks for this long is gone. */
  readonly filterIdleMilliseconds: number;
  /** Changes that a filter keeps until somebody asks. */
  readonly filterBacklog: number;
  /** Subscriptions of one connection. */
  readonly subscriptions: number;
  /** Steps that a struct log trace gives. */
  readonly traceSteps: number;
  /** Words of stack, memory and storage that a struct log trace gives over all its steps. */
  readonly traceWords: number;
  /** Blocks of eth_feeHistory. */
  readonly feeHistoryBlocks: number;
  /** Blocks that one call may mine. */
  readonly minedBlocks: number;
  /** Blocks of eth_simulateV1. */
  readonly simulatedBlocks: number;
  /** Calls of eth_simulateV1 over all its blocks. */
  readonly simulatedCalls: number;
}

/** What a chain on one machine bears. */
export const defaultEthereumLimits: EthereumLimits = {
  logRange: 10_000,
  logResults: 20_000,
  callGas: 50_000_000n,
  callMilliseconds: 5_000,
  failureTraceGas: 50_000_000n,
  filters: 10_000,
  filterIdleMilliseconds: 300_000,
  filterBacklog: 10_000,
  subscriptions: 100,
  traceSteps: 250_000,
  traceWords: 5_000_000,
  feeHistoryBlocks: 1_024,
  minedBlocks: 100_000,
  simulatedBlocks: 256,
  simulatedCalls: 5_000,
};

/** Everything that a method may reach. */
export interface EthereumServices {
  readonly chain: Chain;
  readonly limits: EthereumLimits;
  readonly signers: DevSigners;
  readonly filters: FilterStore;
  readonly subscriptions: Subscriptions;
  /** What is done for one sender at a time. */
  readonly senders: SerialByKey;
  /** web3_clientVersion. */
  readonly clientVersion: string;
}

/** A method of this dialect. */
export type EthereumMethod = ServiceMethod<EthereumServices>;

/** Makes a method of its parameters and a function over their values. */
export function ethereumMethod<const P extends readonly Parameter<unknown>[]>(
  parameters: P,
  run: Parameters<typeof defineMethod<EthereumServices, P>>[1],
): EthereumMethod {
  return defineMethod<EthereumServices, P>(parameters, run);
}
