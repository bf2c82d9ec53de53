/** The benchmark's process: its options stand in the only argument. */
import { run, type ParallelOptions } from "./parallel-benchmark.ts";

try {
  await run(JSON.parse(process.argv[2] ?? "") as ParallelOptions);
} catch (error) {
  // An option that is wrong.
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
