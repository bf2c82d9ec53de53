/** `npm start`: a development chain and a story against it; with `--once` it ends when the story is told. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDevNode } from "./dev-node.ts";
import { playStory } from "./story.ts";

const given = process.argv.slice(2).filter((argument) => argument !== "--");
const isOnce = given.includes("--once");
const options = given.filter((argument) => argument !== "--once");
const temporary = options.includes("--data-dir") ? undefined : mkdtempSync(join(tmpdir(), "trireme-story-"));
if (temporary !== undefined) options.push("--data-dir", temporary);

const forget = () => {
  if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
};
// Who reads the story may go away: the node must not be left behind alone.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

let node;
try {
  node = await startDevNode(options);
} catch (error) {
  console.error((error as Error).message);
  forget();
  process.exit(1);
}
const { announcement } = node;
let isEnding = false;
const end = async (code: number) => {
  if (isEnding) return;
  isEnding = true;
  await node.stop();
  forget();
  process.exit(code);
};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0));

console.log(`Trireme dev chain ${announcement.chainId} at ${announcement.http} (process ${node.process.pid})\n`);
try {
  await playStory(announcement, (line) => console.log(line));
} catch (error) {
  console.error("the story failed:", error);
  await end(1);
}
if (isOnce) await end(0);
console.log(`\nThe chain goes on at ${announcement.http} and ${announcement.ws}, for Solana's clients at ${announcement.solana?.http}`);
console.log("Press Ctrl-C to end it. Next:");
console.log(`  npx @foundry-rs/cast block latest --rpc-url ${announcement.http}`);
console.log(`  npx @foundry-rs/cast balance ${announcement.accounts[0]?.address ?? ""} --rpc-url ${announcement.http}`);
node.process.once("exit", (code) => process.exit(code ?? 1));
