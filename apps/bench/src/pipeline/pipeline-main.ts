/** The benchmark's process: its options stand in the only argument. */
import { runPipeline, type PipelineOptions } from "./pipeline-benchmark.ts";

await runPipeline(JSON.parse(process.argv[2] ?? "") as PipelineOptions);
