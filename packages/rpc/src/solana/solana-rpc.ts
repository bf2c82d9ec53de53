/** Solana's dialect over a chain: the methods, bound to their services. */
import type { Chain } from "@trireme/chain";
import type { DialectMethods } from "../ethereum/ethereum-rpc.ts";
import { createRpcDispatcher, type RpcDispatcher, type RpcDispatcherOptions } from "../json-rpc/rpc-dispatcher.ts";
import type { RpcMethod } from "../json-rpc/rpc-method.ts";
import { createFaucet } from "./faucet.ts";
import { solanaMethodTable } from "./method-table.ts";
import { defaultSolanaLimits, type SolanaLimits, type SolanaServices } from "./services.ts";
import { createSolanaSubscriptions } from "./subscriptions.ts";
import { createTransactionCount } from "./transaction-count.ts";

export interface SolanaMethodsOptions {
  readonly chain: Chain;
  /** ed25519 seed (32 bytes) of the account that requestAirdrop gives from; without it nobody gives. */
  readonly faucetSeed?: Uint8Array;
  readonly limits?: Partial<SolanaLimits>;
}

/** Binds Solana's methods to a chain that speaks its dialect. */
export function createSolanaMethods(options: SolanaMethodsOptions): DialectMethods {
  const { chain, faucetSeed } = options;
  const limits: SolanaLimits = { ...defaultSolanaLimits, ...options.limits };
  const services: SolanaServices = {
    chain,
    limits,
    subscriptions: createSolanaSubscriptions(chain, limits.subscriptions),
    faucet: faucetSeed === undefined ? undefined : createFaucet(faucetSeed),
    countTransactions: createTransactionCount(chain),
  };
  const methods = new Map<string, RpcMethod>();
  for (const [name, method] of Object.entries(solanaMethodTable)) methods.set(name, (params, context) => method(services, params, context));
  return { methods, close: () => services.subscriptions.closeAll() };
}

export interface SolanaDispatcherOptions extends SolanaMethodsOptions, Pick<RpcDispatcherOptions, "observe"> {
  readonly dispatcherLimits?: RpcDispatcherOptions["limits"];
}

/** A dispatcher that speaks Solana's dialect alone. */
export function createSolanaDispatcher(options: SolanaDispatcherOptions): RpcDispatcher & { close(): void } {
  const { methods, close } = createSolanaMethods(options);
  const dispatcher = createRpcDispatcher({
    methods,
    ...(options.dispatcherLimits === undefined ? {} : { limits: options.dispatcherLimits }),
    ...(options.observe === undefined ? {} : { observe: options.observe }),
  });
  return { ...dispatcher, close };
}
