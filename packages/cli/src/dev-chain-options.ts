/** The options that define a development chain, for every command that needs one. */
import type { Command } from "commander";

/** Adds the options to a command. */
export function withDevChainOptions(command: Command): Command {
  return command
    .option("--chain-id <number>", "chain id (default: 31337)")
    .option("--hardfork <name>", "Ethereum rule set, london to osaka (default: osaka)")
    .option("--accounts <number>", "funded accounts of each kind (default: 10)")
    .option("--balance <ether>", "ether in each account (default: 10000)")
    .option("--mnemonic <words>", "mnemonic of the accounts")
    .option("--config <file>", "configuration file (default: trireme.config.ts where there is one)");
}
