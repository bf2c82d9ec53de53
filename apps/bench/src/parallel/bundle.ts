/** The parallel benchmark as compiled files: a pool's threads find their program beside the one that starts them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleEntries } from "@trireme/testing";
import type * as Benchmark from "./parallel-benchmark.ts";

const entries = {
  "parallel-benchmark": new URL("parallel-benchmark.ts", import.meta.url),
  environments: new URL("environments.ts", import.meta.url),
  "block-thread": new URL("../../../../packages/scheduler/src/threads/block-thread.ts", import.meta.url),
};

/** Bundles the benchmark with its threads, and runs it. */
export async function runParallelBenchmark(options: Benchmark.ParallelOptions): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "trireme-bench-parallel-"));
  try {
    await bundleEntries(entries, directory, (path) => /\/scheduler\/src\/threads\/|\/parallel\/environments\.ts$/.test(path));
    const { run } = (await import(pathToFileURL(join(directory, "parallel-benchmark.js")).href)) as typeof Benchmark;
    await run(options);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
