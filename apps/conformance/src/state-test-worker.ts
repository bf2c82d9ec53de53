/** A child process that runs the state test files which its parent names, one at a time. */
import { createMachine } from "./machine.ts";
import { runStateTestFile } from "./run-file.ts";
import type { FileJob } from "./worker-pool.ts";

const machine = createMachine();

process.on("message", ({ path, file, filter }: FileJob) => {
  process.send?.(runStateTestFile(path, file, filter, machine));
});
// A parent that is gone leaves no orphans.
process.on("disconnect", () => process.exit(0));
