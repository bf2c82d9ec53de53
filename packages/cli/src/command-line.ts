/** The commands of `trireme`. Each is a file that is loaded when it is used, so that the start stays short. */
import { Command, CommanderError } from "commander";
import { isTriremeError } from "@trireme/core";
import { withDevChainOptions } from "./dev-chain-options.ts";
import { version } from "./version.ts";

/** Exit codes of commands: what the shell sees. */
export type ExitCode = number;

/** What to do about an error, where its message does not say: the options are known here alone. */
const hints: Readonly<Record<string, string>> = {
  GENESIS_MISMATCH:
    "; give the options that it was made with (--chain-id, --hardfork, --accounts, --balance, --mnemonic, --config), another directory, or begin anew with dev --reset",
  PORT_IN_USE: " (--port, --solana-port)",
};

/**
 * Runs `trireme <given>`. Errors become one line on stderr; the exit code is 1 for them, 0 otherwise, unless the
 * command says different.
 */
export async function runCommandLine(given: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = new Command("trireme")
    .description("A chain whose EVM, WASM and SVM contracts live in one state.")
    .version(version)
    .showHelpAfterError("(trireme --help lists the commands)")
    .exitOverride();

  withDevChainOptions(program.command("dev"))
    .description("start a development chain with funded accounts")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <number>", "port for HTTP and WebSocket; 0 takes a free one (default: 8545)")
    .option("--solana-port <number>", "port for Solana's HTTP, WebSocket on the next one; 0 takes a free pair (default: 8899)")
    .option("--data-dir <path>", "where the chain is kept (default: .trireme/dev)")
    .option("--memory", "keep the chain in memory: it is gone when the process ends")
    .option("--reset", "begin a new chain in the data directory")
    .option("--block-time <seconds>", "a block every so many seconds instead of one for every transaction")
    .option("--no-mining", "blocks only when asked for (evm_mine)")
    .option(
      "--workers <number>",
      "workers that run blocks where that is quicker, the main thread among them; 0: one transaction after the other",
    )
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

  withDevChainOptions(program.command("replay <data-dir>"))
    .description("execute a chain again from genesis and compare every block's root, receipts and gas")
    .option("--json", "as JSON")
    .action(async (directory: string, options: Record<string, unknown>) => {
      const { replay } = await import("./commands/replay.ts");
      exitCode = await replay(directory, options);
    });

  program
    .command("trace <id...>")
    .description("print the call tree of a transaction over all VMs, by its Ethereum hash or its Solana signature")
    .option("--rpc-url <url>", "a Trireme node (default: $ETH_RPC_URL, else http://127.0.0.1:8545)")
    .option("--abi <file...>", "ABIs that decode calls, errors and events of contracts")
    .option(
      "--idl <file...>",
      "Anchor or Codama IDLs that decode instructions, errors and events of programs; <file>=<program> for one without an address",
    )
    .option("--speedscope <file>", "write a flame graph, weights in gas, for https://www.speedscope.app")
    .option("--verbose", "inputs uncut, accounts of instructions, every line that programs printed")
    .option("--json", "as JSON")
    .action(async (ids: readonly string[], options: Record<string, unknown>) => {
      const { trace } = await import("./commands/trace.ts");
      await trace(ids, options);
    });

  program
    .command("lanes [block]")
    .description("draw who ran a block's transactions, where and when: its number, hash or tag (default: the newest one with transactions)")
    .option("--rpc-url <url>", "a Trireme node (default: $ETH_RPC_URL, else http://127.0.0.1:8545)")
    .option("--chrome-trace <file>", "write a trace for https://ui.perfetto.dev or chrome://tracing")
    .option("--width <columns>", "width of the drawing (default: the terminal's, else 80)")
    .option("--json", "as JSON")
    .action(async (block: string | undefined, options: Record<string, unknown>) => {
      const { lanes } = await import("./commands/lanes.ts");
      await lanes(block, options);
    });

  program
    .command("bindings <abi-or-idl.json>")
    .description("write Solidity, AssemblyScript and TypeScript that use a contract (ABI) or a program (Anchor or Codama IDL)")
    .option("--out <dir>", "folder to write to, one below it for each language (default: the current one)")
    .option("--name <name>", "name of the contract or the program (default: its own, else the file's)")
    .option("--only <languages>", "some of solidity,assemblyscript,typescript (default: all)")
    .option("--program <pubkey>", "the program's pubkey, for an IDL without one or another deployment")
    .option("--json", "as JSON")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { bindings } = await import("./commands/bindings.ts");
      bindings(file, options);
    });

  const wasm = program.command("wasm").description("contracts that run as WebAssembly");
  wasm
    .command("build <file.ts>")
    .description("compile an AssemblyScript contract to <name>.wasm, .code.hex, .initcode.hex and .abi.json")
    .option("--out <dir>", "folder to write to (default: the current one)")
    .option("--json", "as JSON")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { wasmBuild } = await import("./commands/wasm-build.ts");
      await wasmBuild(file, options);
    });
  wasm
    .command("from-component <file.wasm>")
    .description("turn a component of the world trireme:contract into <name>.program.wasm, .code.hex and .initcode.hex")
    .option("-o, --out <dir>", "folder to write to (default: the current one)")
    .option("--json", "as JSON")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { wasmFromComponent } = await import("./commands/wasm-from-component.ts");
      await wasmFromComponent(file, options);
    });

  try {
    // Package managers differ in whether they pass a lone `--` on; it means nothing here.
    await program.parseAsync(
      given.filter((argument) => argument !== "--"),
      { from: "user" },
    );
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    console.error(isTriremeError(error) ? `trireme: ${error.message}${hints[error.code] ?? ""}` : error);
    return 1;
  }
  return exitCode;
}
