/** `npx pnpm bench`: bundles the benchmarks before it runs them, because tsx names every closure that is made, at run time. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleEntry } from "@trireme/testing";

const directory = mkdtempSync(join(tmpdir(), "trireme-bench-"));
try {
  const file = await bundleEntry(new URL("main.ts", import.meta.url), directory);
  // Both sides make garbage by the megabyte: with V8's own young generation the samples show how often it was copied.
  const options = ["--max-semi-space-size=64", "--conditions=source", file, ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, options, { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(directory, { recursive: true });
}
