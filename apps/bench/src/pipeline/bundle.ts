/** The pipeline benchmark as compiled files: a chain's threads find their programs beside the one that starts them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleEntries } from "@trireme/testing";
import type { PipelineOptions } from "./pipeline-benchmark.ts";

const scheduler = new URL("../../../../packages/scheduler/src/", import.meta.url);
const entries = {
  main: new URL("pipeline-main.ts", import.meta.url),
  environments: new URL("../parallel/environments.ts", import.meta.url),
  "block-thread": new URL("threads/block-thread.ts", scheduler),
  "prepare-worker": new URL("prepare/prepare-worker.ts", scheduler),
};
/** What looks for another entry beside itself. */
const hasOwnUrl = (path: string): boolean => /\/scheduler\/src\/(threads|prepare)\/|\/parallel\/environments\.ts$/.test(path);

/** Bundles the benchmark with its threads, and runs it in a process of its own. */
export async function runPipelineBenchmark(options: PipelineOptions): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "trireme-bench-pipeline-"));
  try {
    await bundleEntries(entries, directory, hasOwnUrl);
    const words = ["--conditions=source", "--max-semi-space-size=64", join(directory, "main.js"), JSON.stringify(options)];
    process.exitCode = spawnSync(process.execPath, words, { stdio: "inherit" }).status ?? 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
