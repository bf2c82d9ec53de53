/** `trireme replay`: executes a kept chain again from genesis and compares it with what stands there. */
import { resolve } from "node:path";
import { TriremeError } from "@trireme/core";
import { replayChain } from "@trireme/chain";
import { holdsChain, loadConfigFile, openDataDirectory } from "@trireme/node";
import { devChainFromOptions } from "./dev-chain.ts";
import { textOption } from "../options.ts";

/** Runs the command; gives the exit code: 0 when every block agrees, 1 when one does not. */
export async function replay(directory: string, options: Readonly<Record<string, unknown>>): Promise<number> {
  const path = resolve(directory);
  // Opening makes what is missing: a replay must not.
  if (!holdsChain(path)) throw new TriremeError("INVALID_ARGUMENT", `expected a data directory at ${path}, there is none`);
  const config = await loadConfigFile(process.cwd(), textOption("--config", options["config"]));
  const definition = devChainFromOptions(options, config.chain).chain;
  const { database } = await openDataDirectory(path, { chain: definition });
  try {
    const start = performance.now();
    const report = await replayChain(definition, database);
    const seconds = (performance.now() - start) / 1000;
    if (options["json"] === true)
      console.log(JSON.stringify(report, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)));
    else if (report.difference === undefined) console.log(`${report.blocks} blocks agree with ${path} (${seconds.toFixed(1)} s)`);
    else
      console.log(
        `block ${report.difference.blockNumber} differs: ${report.difference.field}: expected ${report.difference.expected}, got ${report.difference.got}`,
      );
    return report.difference === undefined ? 0 : 1;
  } finally {
    await database.close();
  }
}
