/** `trireme dev`: a development chain with funded accounts, until it is told to stop. */
import { resolve } from "node:path";
import type { ChainDefinition } from "@trireme/chain";
import { equalBytes } from "@trireme/core";
import {
  type DevAccount,
  devFaucetSeed,
  loadConfigFile,
  resetDataDirectory,
  startNode,
  stopOnSignals,
  type TriremeConfig,
} from "@trireme/node";
import { announcementJson, announcementText, type Announcement } from "../announcement.ts";
import { devChainFromOptions } from "./dev-chain.ts";
import { integerOption, textOption } from "../options.ts";
import { version } from "../version.ts";

/** Where `trireme dev` keeps its chain unless told otherwise, below the current folder. */
export const defaultDevDirectory = ".trireme/dev";

/** Runs the command: returns when the node has stopped. */
export async function dev(options: Readonly<Record<string, unknown>>): Promise<void> {
  const config = await loadConfigFile(process.cwd(), textOption("--config", options["config"]));
  const { mnemonic, accounts, chain } = devChainFromOptions(options, config.chain);
  const dataDirectory = dataDirectoryOf(options, config);
  if (options["reset"] === true && dataDirectory !== undefined) await resetDataDirectory(dataDirectory);

  const isQuiet = options["quiet"] === true;
  const isJson = options["json"] === true;
  const solanaPort = integerOption("--solana-port", options["solanaPort"], 0, 65534) ?? config.solanaPort;
  const node = await startNode({
    chain,
    accounts,
    dataDirectory,
    host: textOption("--host", options["host"]) ?? config.host ?? "127.0.0.1",
    port: integerOption("--port", options["port"], 0, 65535) ?? config.port ?? 8545,
    ...(solanaPort === undefined ? {} : { solanaPort }),
    faucetSeed: devFaucetSeed,
    corsOrigins: config.corsOrigins ?? [],
    allowedHosts: config.allowedHosts ?? [],
    clientVersion: `Trireme/v${version}/node-${process.version}`,
    logLevel: isQuiet ? "error" : isJson ? "info" : "warn",
  });
  const announcement: Announcement = {
    version,
    chainId: chain.chainId,
    hardfork: chain.hardfork,
    http: node.http,
    ws: node.ws,
    solana: node.solana,
    headBlock: node.chain.head.header.number,
    dataDirectory,
    mnemonic,
    balance: startingBalance(chain, accounts),
    accounts,
    recovered: node.recovered,
  };
  if (isJson) console.log(announcementJson(announcement));
  else if (!isQuiet) console.log(announcementText(announcement));
  if (options["once"] === true) await node.close();
  else await stopOnSignals(node);
}

function dataDirectoryOf(options: Readonly<Record<string, unknown>>, config: TriremeConfig): string | undefined {
  if (options["memory"] === true) return undefined;
  return resolve(textOption("--data-dir", options["dataDir"]) ?? config.dataDirectory ?? defaultDevDirectory);
}

/** Ether that genesis gave to each of the accounts; undefined where it gave them different amounts. */
function startingBalance({ genesis }: ChainDefinition, accounts: readonly DevAccount[]): string | undefined {
  const balances = accounts.map(({ address }) => genesis.accounts.find((funded) => equalBytes(funded.address, address))?.balance);
  return balances[0] !== undefined && balances.every((balance) => balance === balances[0]) ? formatEther(balances[0]) : undefined;
}

function formatEther(wei: bigint): string {
  const digits = wei.toString().padStart(19, "0");
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`.replace(/\.?0+$/, "");
}
