/** The development chain of a command line: `dev` starts it, `replay` needs the same one. */
import type { ChainDefinition, Mining } from "@trireme/chain";
import { defaultMnemonic, defineDevChain, deriveDevAccounts, devBalance, type DevAccount } from "@trireme/node";
import { etherOption, hardforkOption, integerOption, secondsOption, textOption } from "../options.ts";

/** A development chain as its options define it. */
export interface DevChainFromOptions {
  readonly chain: ChainDefinition;
  readonly accounts: readonly DevAccount[];
  readonly mnemonic: string;
  /** Wei of each account. */
  readonly balance: bigint;
}

/** Reads the options. @throws TriremeError `INVALID_CONFIGURATION` that names the option. */
export function devChainFromOptions(options: Readonly<Record<string, unknown>>): DevChainFromOptions {
  const mnemonic = textOption("--mnemonic", options["mnemonic"]) ?? defaultMnemonic;
  const chainId = integerOption("--chain-id", options["chainId"], 1, Number.MAX_SAFE_INTEGER);
  const hardfork = hardforkOption("--hardfork", options["hardfork"]);
  const milliseconds = secondsOption("--block-time", options["blockTime"]);
  const balance = etherOption("--balance", options["balance"]) ?? devBalance;
  const accounts = deriveDevAccounts(mnemonic, integerOption("--accounts", options["accounts"], 1, 1000) ?? 10);
  const mining: Mining =
    options["mining"] === false ? { kind: "manual" } : milliseconds === undefined ? { kind: "auto" } : { kind: "interval", milliseconds };
  const chain = defineDevChain({
    accounts,
    balance,
    mining,
    ...(chainId === undefined ? {} : { chainId: BigInt(chainId) }),
    ...(hardfork === undefined ? {} : { hardfork }),
  });
  return { chain, accounts, mnemonic, balance };
}
