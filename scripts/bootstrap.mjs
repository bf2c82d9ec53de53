// Installs the workspace when node_modules is missing or older than the lockfile, so that `npm start` and
// `npm test` work on a fresh clone with nothing but Node and npm.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modified = (path) => statSync(new URL(`../${path}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Trireme needs Node 20.19 or newer, this is ${process.versions.node}.`);
  process.exit(1);
}

const installed = modified("node_modules/.modules.yaml");
if (installed === 0 || installed < modified("pnpm-lock.yaml")) {
  console.log("Installing the workspace (once)...");
  const { status } = spawnSync("npx", ["--yes", "pnpm@12.21.0", "install", "--frozen-lockfile"], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, CI: "true" },
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}
