#!/usr/bin/env node
/** The `trireme` command. Each command is a file that is loaded when it is used, so that the start stays short. */
import { Command, CommanderError } from "commander";
import { isTriremeError } from "@trireme/core";
import { version } from "./version.ts";

const program = new Command("trireme")
  .description("A chain whose EVM, WASM and SVM contracts live in one state.")
  .version(version)
  .showHelpAfterError("(trireme --help lists the commands)")
  .exitOverride();

program
  .command("dev")
  .description("start a development chain with funded accounts")
  .option("--host <address>", "address to listen on")
  .option("--port <number>", "port for HTTP and WebSocket; 0 takes a free one")
  .option("--data-dir <path>", "where the chain is kept (default: .trireme/dev)")
  .option("--memory", "keep the chain in memory: it is gone when the process ends")
  .option("--reset", "begin a new chain in the data directory")
  .option("--chain-id <number>", "chain id (default: 31337)")
  .option("--hardfork <name>", "Ethereum rule set, london to osaka (default: osaka)")
  .option("--accounts <number>", "funded accounts of each kind (default: 10)")
  .option("--balance <ether>", "ether in each account (default: 10000)")
  .option("--mnemonic <words>", "mnemonic of the accounts")
  .option("--block-time <seconds>", "a block every so many seconds instead of one for every transaction")
  .option("--no-mining", "blocks only when asked for (evm_mine)")
  .option("--config <file>", "configuration file (default: trireme.config.ts where there is one)")
  .option("--json", "announce the chain as one line of JSON and log as JSON")
  .option("--quiet", "print nothing but errors")
  .option("--once", "start, announce, stop")
  .action(async (options: Record<string, unknown>) => {
    const { dev } = await import("./commands/dev.ts");
    await dev(options);
  });

program
  .command("accounts")
  .description("print the development accounts: address, pubkey and secret in each tool's import format")
  .option("--accounts <number>", "accounts of each kind (default: 10)")
  .option("--mnemonic <words>", "mnemonic of the accounts")
  .option("--json", "as JSON")
  .action(async (options: Record<string, unknown>) => {
    const { accounts } = await import("./commands/accounts.ts");
    accounts(options);
  });

program
  .command("replay <data-dir>")
  .description("execute a chain again from genesis and compare every block's root, receipts and gas")
  .option("--config <file>", "configuration file that defines the chain")
  .option("--json", "as JSON")
  .action(async (directory: string, options: Record<string, unknown>) => {
    const { replay } = await import("./commands/replay.ts");
    process.exitCode = await replay(directory, options);
  });

try {
  // Package managers differ in whether they pass a lone `--` on; it means nothing here.
  await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== "--"));
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    console.error(isTriremeError(error) ? `trireme: ${error.message}` : error);
    process.exitCode = 1;
  }
}
