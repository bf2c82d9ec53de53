/** `npm start`: a development chain and a story against it; with `--once` it ends when the story is told. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createClients } from "./clients.ts";
import { abiFiles, compileContracts } from "./contracts.ts";
import { startDevNode } from "./dev-node.ts";
import { createNarrator } from "./narrator.ts";
import { readOptions, usage, type Options } from "./options.ts";
import { playStory } from "./story.ts";

const { isOnce, failAt, nodeOptions } = optionsOrEnd(process.argv.slice(2));
const temporary = nodeOptions.includes("--data-dir") ? undefined : mkdtempSync(join(tmpdir(), "trireme-swap-"));

const forget = () => {
  if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
};
// Who reads the story may go away: the node must not be left behind alone.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const compiling = compileContracts();
// It is awaited when the node is up.
compiling.catch(() => undefined);
let node;
try {
  node = await startDevNode(temporary === undefined ? nodeOptions : [...nodeOptions, "--data-dir", temporary]);
} catch (error) {
  console.error((error as Error).message);
  forget();
  process.exit(1);
}
const { announcement } = node;
let ending: Promise<void> | undefined;
const end = (code: number) =>
  (ending ??= node.stop().then(() => {
    forget();
    process.exit(code);
  }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0));

console.log(
  `Trireme dev chain ${announcement.chainId} at ${announcement.http}, for Solana at ${announcement.solana?.http} (process ${node.process.pid})\n`,
);
let hash: string | undefined;
try {
  hash = await playStory(await createClients(announcement), await compiling, failAt, createNarrator(console.log));
} catch (error) {
  // Whoever ends it meanwhile knows why it breaks off.
  if (ending === undefined) console.error("the story failed:", error);
  await end(1);
}
if (isOnce) await end(0);
console.log(`\nThe chain goes on at ${announcement.http} and ${announcement.ws}, for Solana's clients at ${announcement.solana?.http}`);
console.log("Press Ctrl-C to end it. Next:");
console.log("  npm start -- --fail-at evm      or wasm, or svm: the same swap, and nothing is left of it");
const abis = abiFiles.map((path) => relative(process.cwd(), path)).join(" ");
console.log(`  npx pnpm trireme trace ${hash} --rpc-url ${announcement.http} --abi ${abis}`);
console.log(`  npx @foundry-rs/cast block latest --rpc-url ${announcement.http}`);
console.log(`  npx @foundry-rs/cast balance ${announcement.accounts[0]?.address ?? ""} --rpc-url ${announcement.http}`);
node.process.once("exit", (code) => process.exit(code ?? 1));

/** What was asked for; help and a mistake are one text, and the end. */
function optionsOrEnd(words: readonly string[]): Options {
  try {
    const options = readOptions(words);
    if (!options.isHelp) return options;
    console.log(usage);
    return process.exit(0);
  } catch (error) {
    console.error((error as Error).message);
    return process.exit(1);
  }
}
