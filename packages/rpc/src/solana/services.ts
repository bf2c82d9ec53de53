/** What Solana's methods work on. */
import type { Chain, StateView } from "@trireme/chain";
import { RpcError } from "../json-rpc/rpc-error.ts";
import { defineMethod, type Parameter, type ServiceMethod } from "../json-rpc/rpc-method.ts";
import type { Faucet } from "./faucet.ts";
import { solanaErrorCodes } from "./error-codes.ts";
import type { SolanaSubscriptions } from "./subscriptions.ts";

/** Bounds on what one call may ask of the chain. */
export interface SolanaLimits {
  /** Accounts of getMultipleAccounts. */
  readonly accounts: number;
  /** Accounts that a list by program or owner gives. */
  readonly listedAccounts: number;
  /** Signatures of getSignatureStatuses. */
  readonly signatureStatuses: number;
  /** Signatures of getSignaturesForAddress, and blocks that it looks through. */
  readonly signatures: number;
  readonly searchedBlocks: number;
  /** Blocks of getBlocks. */
  readonly blocks: number;
  /** Filters of getProgramAccounts. */
  readonly filters: number;
  /** Subscriptions of one connection. */
  readonly subscriptions: number;
  /** Most lamports of one requestAirdrop. */
  readonly airdropLamports: bigint;
}

/** Agave's, but for what scans the state. */
export const defaultSolanaLimits: SolanaLimits = {
  accounts: 100,
  listedAccounts: 100_000,
  signatureStatuses: 256,
  signatures: 1_000,
  searchedBlocks: 10_000,
  blocks: 500_000,
  filters: 4,
  subscriptions: 1_000,
  airdropLamports: 1_000_000_000_000_000n,
};

/** Everything that a method may reach. */
export interface SolanaServices {
  readonly chain: Chain;
  readonly limits: SolanaLimits;
  readonly subscriptions: SolanaSubscriptions;
  /** Undefined where nobody gives lamports away. */
  readonly faucet: Faucet | undefined;
  /** Transactions up to the head. */
  readonly countTransactions: () => Promise<bigint>;
}

/** A method of this dialect. */
export type SolanaMethod = ServiceMethod<SolanaServices>;

/** Makes a method of its parameters and a function over their values. */
export function solanaMethod<const P extends readonly Parameter<unknown>[]>(
  parameters: P,
  run: Parameters<typeof defineMethod<SolanaServices, P>>[1],
): SolanaMethod {
  return defineMethod<SolanaServices, P>(parameters, run);
}

/** The state at the head, for every commitment: a block is shown once it is durable. @throws RpcError -32016 below `minContextSlot` */
export async function headState(chain: Chain, minContextSlot: number | undefined): Promise<StateView> {
  const view = await chain.stateAt("latest");
  if (view === undefined) throw new RpcError(solanaErrorCodes.nodeUnhealthy, "Node is unhealthy: it has no state at its head");
  if (minContextSlot !== undefined && view.blockNumber < BigInt(minContextSlot)) {
    throw new RpcError(solanaErrorCodes.minContextSlotNotReached, "Minimum context slot has not been reached", {
      contextSlot: Number(view.blockNumber),
    });
  }
  return view;
}

/** A value with the slot that it is of. */
export function withContext<T>(
  slot: bigint,
  value: T,
): { readonly context: { readonly apiVersion: string; readonly slot: bigint }; readonly value: T } {
  return { context: { apiVersion: apiVersion, slot }, value };
}

/** The version of Agave whose interface this is. */
export const apiVersion = "4.3.0";
