/** Ethereum's dialect over a chain: the methods, bound to their services. */
import type { Chain } from "@trireme/chain";
import { createRpcDispatcher, type RpcDispatcher, type RpcDispatcherOptions } from "../json-rpc/rpc-dispatcher.ts";
import type { RpcMethod, RpcMethods } from "../json-rpc/rpc-method.ts";
import { createDevSigners, type DevSigner } from "./dev-signers.ts";
import { createFilterStore } from "./filter-store.ts";
import { ethereumMethodTable } from "./method-table.ts";
import { rawTransactionsOf } from "./raw-transactions.ts";
import { createSerialByKey } from "./serial-by-key.ts";
import { defaultEthereumLimits, type EthereumLimits, type EthereumServices } from "./services.ts";
import { createSubscriptions } from "./subscriptions.ts";

export interface EthereumMethodsOptions {
  readonly chain: Chain;
  /** Keys that the node signs with: eth_accounts. Anybody who reaches the port may use them. */
  readonly accounts?: readonly DevSigner[];
  readonly limits?: Partial<EthereumLimits>;
  /** web3_clientVersion; `Trireme/0.0.0` by default. */
  readonly clientVersion?: string;
}

/** Methods of a dialect, and what listens to the chain for them. */
export interface DialectMethods {
  readonly methods: RpcMethods;
  /** Stops listening: filters and subscriptions end. */
  close(): void;
}

/** Binds Ethereum's methods to a chain. */
export function createEthereumMethods(options: EthereumMethodsOptions): DialectMethods {
  const { chain } = options;
  const limits: EthereumLimits = { ...defaultEthereumLimits, ...options.limits };
  const services: EthereumServices = {
    chain,
    limits,
    signers: createDevSigners(options.accounts ?? []),
    filters: createFilterStore(chain, limits),
    subscriptions: createSubscriptions(chain, limits),
    senders: createSerialByKey(),
    clientVersion: options.clientVersion ?? "Trireme/0.0.0",
  };
  const methods = new Map<string, RpcMethod>();
  for (const [name, method] of Object.entries(ethereumMethodTable))
    methods.set(name, (params, context) => method(services, params, context));
  return {
    methods,
    close() {
      services.filters.close();
      services.subscriptions.close();
    },
  };
}

export interface EthereumDispatcherOptions extends EthereumMethodsOptions, Pick<RpcDispatcherOptions, "observe"> {
  readonly dispatcherLimits?: RpcDispatcherOptions["limits"];
}

/** A dispatcher that speaks Ethereum's dialect alone. */
export function createEthereumDispatcher(options: EthereumDispatcherOptions): RpcDispatcher & { close(): void } {
  const { methods, close } = createEthereumMethods(options);
  const dispatcher = createRpcDispatcher({
    methods,
    ...(options.dispatcherLimits === undefined ? {} : { limits: options.dispatcherLimits }),
    onBatch: (requests) => options.chain.readAhead(rawTransactionsOf(requests)),
    ...(options.observe === undefined ? {} : { observe: options.observe }),
  });
  return { ...dispatcher, close };
}
