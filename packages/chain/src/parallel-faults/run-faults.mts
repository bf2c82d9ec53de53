/** Scenarios in which threads die, compiled, in a process of their own: a thread starts in a tenth of the time. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundleEntries } from "@trireme/testing";

const entries = {
  main: new URL("faults-main.mts", import.meta.url),
  environments: new URL("fault-environments.mts", import.meta.url),
  "block-thread": new URL("../../../scheduler/src/threads/block-thread.ts", import.meta.url),
};
/** What looks for another entry beside itself. */
const hasOwnUrl = (path: string): boolean => /\/scheduler\/src\/threads\/|\/fault-environments\.mts$/.test(path);

/** Milliseconds after which a process that does not end is ended. */
const patience = 900_000;

/** The compiled scenarios. */
export interface FaultScenarios {
  /** Runs one; gives what it printed. `memoryMb` limits the heap of the process, and so of its threads. */
  run(name: string, options: unknown, memoryMb?: number): Promise<unknown>;
  remove(): void;
}

export async function compileFaults(): Promise<FaultScenarios> {
  const directory = mkdtempSync(join(tmpdir(), "trireme-faults-"));
  await bundleEntries(entries, directory, hasOwnUrl);
  return {
    run: async (name, options, memoryMb) => {
      const flags = memoryMb === undefined ? [] : [`--max-old-space-size=${memoryMb}`];
      const words = ["--conditions=source", ...flags, join(directory, "main.js"), name, JSON.stringify(options)];
      const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 1 << 26, timeout: patience });
      return JSON.parse(stdout);
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}
