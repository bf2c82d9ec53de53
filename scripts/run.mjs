// Runs a TypeScript entry of the workspace from source: `node scripts/run.mjs [options of node] <entry.ts> [arguments]`.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const words = process.argv.slice(2);
const entryIndex = words.findIndex((word) => !word.startsWith("--"));
const nodeOptions = words.slice(0, Math.max(entryIndex, 0));
const [entry, ...given] = words.slice(nodeOptions.length);
if (entry === undefined || entryIndex === -1) {
  console.error("usage: node scripts/run.mjs [options of node] <entry.ts> [arguments]");
  process.exit(2);
}
// `pnpm x -- --flag` and `npm run x -- --flag` differ in whether a literal `--` arrives: a lone one is dropped.
const options = given.filter((argument) => argument !== "--");
const path = fileURLToPath(new URL(`../${entry}`, import.meta.url));
const child = spawn(process.execPath, ["--conditions=source", "--import", "tsx/esm", ...nodeOptions, path, ...options], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// A package manager that is told to end tells its shell alone, which tells nobody: a chain would stay behind on its port.
if (process.env.npm_lifecycle_event !== undefined) {
  const shell = process.ppid;
  setInterval(() => process.ppid === shell || child.kill("SIGTERM"), 250).unref();
}
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
