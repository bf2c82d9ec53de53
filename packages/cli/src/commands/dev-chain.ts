/** The development chain of a command line: `dev` starts it, `replay` needs the same one. */
import { equalBytes } from "@trireme/core";
import { parallel, serial, type ChainDefinition, type Mining } from "@trireme/chain";
import { defaultMnemonic, defineDevChain, deriveDevAccounts, devBalance, type DevAccount } from "@trireme/node";
import { etherOption, hardforkOption, integerOption, refuseOption, secondsOption, textOption } from "../options.ts";

/** A development chain as its options define it. */
export interface DevChainFromOptions {
  readonly chain: ChainDefinition;
  /** Those that genesis funds. */
  readonly accounts: readonly DevAccount[];
  readonly mnemonic: string;
}

/**
 * Reads the options; `configured` is the chain of a configuration file, which they cannot define anew.
 * @throws TriremeError `INVALID_CONFIGURATION` that names the option.
 */
export function devChainFromOptions(
  options: Readonly<Record<string, unknown>>,
  configured: ChainDefinition | undefined,
): DevChainFromOptions {
  const mnemonic = textOption("--mnemonic", options["mnemonic"]) ?? defaultMnemonic;
  const chainId = integerOption("--chain-id", options["chainId"], 1, Number.MAX_SAFE_INTEGER);
  const hardfork = hardforkOption("--hardfork", options["hardfork"]);
  const milliseconds = secondsOption("--block-time", options["blockTime"]);
  const balance = etherOption("--balance", options["balance"]) ?? devBalance;
  const accounts = deriveDevAccounts(mnemonic, integerOption("--accounts", options["accounts"], 1, 1000) ?? 10);
  const mining: Mining =
    options["mining"] === false ? { kind: "manual" } : milliseconds === undefined ? { kind: "auto" } : { kind: "interval", milliseconds };
  const workers = integerOption("--workers", options["workers"], 0, 256);
  const scheduler = workers === undefined ? {} : { scheduler: workers === 0 ? serial() : parallel({ workers }) };
  if (configured !== undefined)
    return {
      chain: { ...configuredChain(options, configured, mining), ...scheduler },
      accounts: fundedBy(configured, accounts),
      mnemonic,
    };
  const chain = defineDevChain({
    accounts,
    balance,
    mining,
    ...scheduler,
    ...(chainId === undefined ? {} : { chainId: BigInt(chainId) }),
    ...(hardfork === undefined ? {} : { hardfork }),
  });
  return { chain, accounts, mnemonic };
}

/** When blocks are made, and on which threads, is no part of what a chain is: that alone may be told otherwise. */
function configuredChain(options: Readonly<Record<string, unknown>>, configured: ChainDefinition, mining: Mining): ChainDefinition {
  for (const [name, option] of Object.entries({ chainId: "--chain-id", hardfork: "--hardfork", balance: "--balance" })) {
    if (options[name] !== undefined) refuseOption(option, "no such option, for the configuration file defines the chain", options[name]);
  }
  return options["blockTime"] === undefined && options["mining"] !== false ? configured : { ...configured, mining };
}

function fundedBy({ genesis }: ChainDefinition, accounts: readonly DevAccount[]): readonly DevAccount[] {
  return accounts.filter(({ address }) => genesis.accounts.some((funded) => funded.balance > 0n && equalBytes(funded.address, address)));
}
