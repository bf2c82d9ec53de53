/** The parallel benchmark as compiled files: a pool's threads find their program beside the one that starts them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleEntries } from "@trireme/testing";
import type { ParallelOptions } from "./parallel-benchmark.ts";

const entries = {
  main: new URL("parallel-main.ts", import.meta.url),
  environments: new URL("environments.ts", import.meta.url),
  "block-thread": new URL("../../../../packages/scheduler/src/threads/block-thread.ts", import.meta.url),
};
/** What looks for another entry beside itself. */
const hasOwnUrl = (path: string): boolean => /\/scheduler\/src\/threads\/|\/parallel\/environments\.ts$/.test(path);

/** Bundles the benchmark with its threads, and runs it in a process of its own. */
export async function runParallelBenchmark(options: ParallelOptions & { readonly profile?: string }): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "trireme-bench-parallel-"));
  try {
    await bundleEntries(entries, directory, hasOwnUrl);
    const flags = options.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${options.profile}`];
    const words = ["--conditions=source", ...flags, join(directory, "main.js"), JSON.stringify(options)];
    process.exitCode = spawnSync(process.execPath, words, { stdio: "inherit" }).status ?? 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
