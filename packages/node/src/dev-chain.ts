/** The chain that `trireme dev` runs: every environment there is, funded accounts, development switches on. */
import { keccak256, toAddress, type EnvironmentDescriptor, type Hardfork } from "@trireme/core";
import { defineChain, parallel, type ChainDefinition, type Composable, type Mining, type SchedulerOptions } from "@trireme/chain";
import { evm } from "@trireme/evm";
import { createFaucet } from "@trireme/rpc";
import { svm } from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";
import { wasm } from "@trireme/wasm";
import type { DevAccount } from "./dev-accounts.ts";

/** What a development chain may differ in. */
export interface DevChainOptions {
  readonly accounts: readonly DevAccount[];
  /** Wei of each account; 10,000 ETH by default. */
  readonly balance?: bigint;
  /** 31337 by default, which every Ethereum tool knows as a local chain. */
  readonly chainId?: bigint;
  readonly hardfork?: Hardfork;
  readonly mining?: Mining;
  /** Environments beside the EVM, WASM and the SVM. */
  readonly environments?: Composable<EnvironmentDescriptor>;
  readonly gasLimit?: bigint;
  /** How blocks are run; `parallel()` by default, whose threads start with the first block that is worth it. */
  readonly scheduler?: SchedulerOptions;
}

/** Chain id of local chains. */
export const devChainId = 31337n;
/** Wei that each development account starts with: 10,000 ETH. */
export const devBalance = 10_000n * 10n ** 18n;

/** ed25519 seed of the account that gives lamports away on a development chain: everybody knows it. */
export const devFaucetSeed: Uint8Array = keccak256(new TextEncoder().encode("trireme development faucet"));
/** Wei of the faucet: 500 million SOL. */
const faucetBalance = 500_000_000n * 10n ** 18n;

/** Defines the development chain. Deterministic: the same options give the same genesis hash. */
export function defineDevChain(options: DevChainOptions): ChainDefinition {
  return defineChain({
    chainId: options.chainId ?? devChainId,
    hardfork: options.hardfork ?? "osaka",
    environments: [evm(), wasm({ isDebug: true }), svm({ programs: splPrograms() }), options.environments],
    dev: true,
    mining: options.mining ?? { kind: "auto" },
    scheduler: options.scheduler ?? parallel(),
    genesis: {
      accounts: [
        ...options.accounts.map(({ address }) => ({ address, balance: options.balance ?? devBalance })),
        { address: toAddress(createFaucet(devFaucetSeed).pubkey), balance: faucetBalance },
      ],
      ...(options.gasLimit === undefined ? {} : { gasLimit: options.gasLimit }),
    },
  });
}
