/** The benchmark's process: its options stand in the only argument. */
import { run, type ParallelOptions } from "./parallel-benchmark.ts";

await run(JSON.parse(process.argv[2] ?? "") as ParallelOptions);
