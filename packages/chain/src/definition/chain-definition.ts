/** What a chain is: identity, rule set, environments, dialects, genesis, fees, limits. Plain and readonly. */
import type { Address, EnvironmentDescriptor, FormatDescriptor, Hardfork, Hex } from "@trireme/core";
import type { Mining } from "../chain.ts";

/** A value, a list of them nested as deep as one likes, or nothing: what composes with `condition && evm()`. */
export type Composable<T> = T | false | null | undefined | readonly Composable<T>[];

/** An account that exists in block 0; hexadecimal is accepted because genesis is often written by hand. */
export interface GenesisAccountOptions {
  readonly address: Address | Hex;
  /** Wei; 0 by default. */
  readonly balance?: bigint;
  readonly nonce?: bigint | number;
  readonly code?: Uint8Array | Hex;
  /** 32-byte slots. */
  readonly storage?: Readonly<Record<Hex, Hex>>;
}

/** Block 0. Fields have Ethereum's meaning; what is left out is zero but for those with a default. */
export interface GenesisOptions {
  readonly accounts?: Composable<GenesisAccountOptions>;
  /** Unix seconds; 0 by default, so that the genesis hash depends on the definition only. */
  readonly timestamp?: bigint | number;
  /** 30,000,000 by default; every block keeps it unless a developer changes it. */
  readonly gasLimit?: bigint | number;
  /** 10^9 wei by default. */
  readonly baseFeePerGas?: bigint;
  readonly coinbase?: Address | Hex;
  /** At most 32 bytes. */
  readonly extraData?: Uint8Array | Hex;
  readonly prevRandao?: Uint8Array | Hex;
  readonly excessBlobGas?: bigint;
  /**
   * Whether the system contracts of the hardfork are in genesis: EIP-4788 from Cancun and EIP-2935 from Prague on.
   * True by default. Those of EIP-7002 and EIP-7251 are not: without a consensus layer their requests go nowhere.
   */
  readonly systemContracts?: boolean;
}

/** What transactions pay and what the mempool asks. */
export interface FeeOptions {
  /** Transactions that offer a lower tip are refused as underpriced; 0 wei by default. */
  readonly minimumPriorityFeePerGas?: bigint;
  /** The base fee never falls below this many wei; 0 by default. */
  readonly minimumBaseFeePerGas?: bigint;
  /** Receives tips; the coinbase of genesis by default. */
  readonly coinbase?: Address | Hex;
}

/** Bounds on what others may make the chain do. */
export interface LimitOptions {
  /** Gas of a call or an estimate; it bounds their time as well, since execution is synchronous. 50,000,000. */
  readonly callGas?: bigint | number;
  /** Transactions in the mempool, 8,192; when it is full the cheapest makes room. */
  readonly mempoolTransactions?: number;
  /** Of one sender, 1,024. */
  readonly mempoolTransactionsPerSender?: number;
  /** Bytes of one transaction, 131,072. */
  readonly transactionSize?: number;
  /** Times that one environment may be entered again through another one on one stack, 64. Part of the chain's rules. */
  readonly reentries?: number;
  /** Bytes that all suspended frames of a transaction may hold. Part of the chain's rules. */
  readonly transactionMemory?: number;
}

/** How the transactions of a block are run; made by `serial()` and `parallel()`. */
export type SchedulerOptions =
  | { readonly kind: "serial" }
  | {
      readonly kind: "parallel";
      readonly workers?: number | undefined;
      /** Whether every block goes to the threads that has two transactions or more; else what blocks took before decides. */
      readonly always?: boolean | undefined;
    };

/** What `defineChain` takes. */
export interface ChainOptions {
  readonly chainId: bigint | number;
  /** Osaka by default. */
  readonly hardfork?: Hardfork;
  readonly environments: Composable<EnvironmentDescriptor>;
  /** Ethereum's by default. */
  readonly formats?: Composable<FormatDescriptor>;
  readonly genesis?: GenesisOptions;
  readonly fees?: FeeOptions;
  /** A block for every transaction by default. */
  readonly mining?: Mining;
  /** How the transactions of a block are run; serially by default. The block is the same either way. */
  readonly scheduler?: SchedulerOptions;
  /** Blocks whose state can be read: 128 by default, all in dev mode. */
  readonly history?: "all" | number;
  /** Whether the development switches (`chain.dev`) exist. False by default. */
  readonly dev?: boolean;
  readonly limits?: LimitOptions;
}

/** An account of genesis, read. */
export interface GenesisAccount {
  readonly address: Address;
  readonly balance: bigint;
  readonly nonce: bigint;
  readonly code: Uint8Array;
  readonly storage: readonly (readonly [key: Uint8Array, value: Uint8Array])[];
}

/** Block 0, read and with its defaults. */
export interface Genesis {
  /** System contracts included; ordered as given, each address once. */
  readonly accounts: readonly GenesisAccount[];
  readonly timestamp: bigint;
  readonly gasLimit: bigint;
  readonly baseFeePerGas: bigint;
  readonly coinbase: Address;
  readonly extraData: Uint8Array;
  readonly prevRandao: Uint8Array;
  readonly excessBlobGas: bigint;
}

/** Fees, with their defaults. */
export interface Fees {
  readonly minimumPriorityFeePerGas: bigint;
  readonly minimumBaseFeePerGas: bigint;
  readonly coinbase: Address;
}

/** Limits, with their defaults. */
export interface Limits {
  readonly callGas: bigint;
  readonly mempoolTransactions: number;
  readonly mempoolTransactionsPerSender: number;
  readonly transactionSize: number;
  readonly reentries: number;
  readonly transactionMemory: number;
}

/** A chain that was checked and can be created. Made by `defineChain` only. */
export interface ChainDefinition {
  readonly chainId: bigint;
  readonly hardfork: Hardfork;
  readonly environments: readonly EnvironmentDescriptor[];
  readonly formats: readonly FormatDescriptor[];
  readonly genesis: Genesis;
  readonly fees: Fees;
  readonly mining: Mining;
  readonly scheduler: SchedulerOptions;
  readonly history: "all" | number;
  readonly dev: boolean;
  readonly limits: Limits;
}
