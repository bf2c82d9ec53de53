// `npx pnpm fuzz <target> [options]`: damaged input by the hundred thousand, for what the tests try some thousand of.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The program of each target; it ends with 1 where a promise is broken, and prints the seed and the input. */
const targets = {
  wasm: "packages/wasm/src/test/fuzz.mts",
  svm: "packages/svm/src/test/fuzz.mts",
  "svm-transactions": "packages/chain/src/execution/solana-fuzz.mts",
  "cross-vm": "packages/chain/src/cross-vm/fuzz.mts",
  scheduler: "packages/chain/src/parallel/law-fuzz.mts",
  terminate: "packages/chain/src/parallel-faults/fuzz.mts",
};

const [target = "", ...options] = process.argv.slice(2).filter((argument) => argument !== "--");
const asksHelp = [target, ...options].includes("--help");
if (asksHelp || !Object.hasOwn(targets, target)) {
  const usage = `usage: npx pnpm fuzz <target> [options]
  wasm              [--modules <number>] [--seed <number>]
  svm               [--programs <number>] [--every-budget <number>] [--seed <number>]
  svm-transactions  [--sequences <number>] [--length <number>] [--seed <number>]
  cross-vm          [--runs <number>] [--seed <number>]
  scheduler         [--blocks <number>] [--seed <number>] [--from <number>] [--times <number>] [--hardfork osaka|shanghai]
  terminate         [--times <number>] [--seed <number>]`;
  console[asksHelp ? "log" : "error"](usage);
  process.exit(asksHelp ? 0 : 2);
}
const run = fileURLToPath(new URL("run.mjs", import.meta.url));
process.exit(spawnSync(process.execPath, [run, targets[target], ...options], { stdio: "inherit" }).status ?? 1);
