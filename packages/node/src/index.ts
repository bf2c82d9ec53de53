export { defineConfig, loadConfigFile, type TriremeConfig } from "./config-file.ts";
export { defaultMnemonic, deriveDevAccounts, devAccountSecret, type DevAccount } from "./dev-accounts.ts";
export { defineDevChain, devBalance, devChainId, devFaucetSeed, type DevChainOptions } from "./dev-chain.ts";
export type { LogLevel } from "./logger.ts";
export {
  holdsChain,
  openDataDirectory,
  resetDataDirectory,
  type OpenDataDirectoryOptions,
  type OpenedDatabase,
} from "./open-data-directory.ts";
export { startNode, type NodeOptions, type RunningNode, type SolanaEndpoints } from "./start-node.ts";
export { stopOnSignals } from "./stop-on-signals.ts";
