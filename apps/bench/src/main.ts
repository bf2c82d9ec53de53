/** `npx pnpm bench <name>`: measures ours and a peer in one run, prints medians, spreads and ratios. */
import { Command } from "commander";
import { measure, type Benchmark, type Measurement } from "./measure.ts";
import { printMeasurement, writeJson } from "./report.ts";

function roundsOf({ runs }: { readonly runs: string }): number {
  const rounds = Number(runs);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`--runs: expected a positive integer, got ${runs}`);
  return rounds;
}

async function run(benchmarks: readonly Benchmark[], options: { runs: string; json?: string; filter?: string }): Promise<void> {
  const rounds = roundsOf(options);
  const measurements: Measurement[] = [];
  for (const benchmark of benchmarks) {
    if (options.filter !== undefined && !benchmark.name.includes(options.filter)) continue;
    const measurement = await measure(benchmark, rounds);
    printMeasurement(measurement);
    measurements.push(measurement);
  }
  if (options.json !== undefined) writeJson(options.json, rounds, measurements);
}

const program = new Command("bench").description("Benchmarks: interleaved runs, medians and spread, ratios to a peer.");
const withOptions = (command: Command, runs: string): Command =>
  command
    .option("--runs <number>", "interleaved runs of every column", runs)
    .option("--json <file>", "write the figures as JSON")
    .option("--filter <text>", "only benchmarks whose name has this text");

withOptions(program.command("evm").description("transactions, checkpoints, state roots, sender recovery"), "5").action(async (options) => {
  const { createTransactionBenchmarks } = await import("./transaction-benchmarks.ts");
  const { createStateBenchmarks } = await import("./state-benchmarks.ts");
  await run([...(await createTransactionBenchmarks()), ...(await createStateBenchmarks())], options);
});

withOptions(program.command("start").description("time to a first transfer, a first call, a first RPC answer"), "20").action(
  async (options) => {
    const { createStartBenchmarks } = await import("./start-benchmarks.ts");
    await run(await createStartBenchmarks(), options);
  },
);

withOptions(program.command("wasm").description("metered loops against unmetered ones, ERC-20 calls in one transaction"), "5").action(
  async (options) => {
    const { createWasmBenchmarks } = await import("./wasm-benchmarks.ts");
    await run(await createWasmBenchmarks(), options);
  },
);

withOptions(
  program.command("svm").description("transactions here and in litesvm; sBPF loops: compiled, in litesvm's JIT, interpreted"),
  "5",
).action(async (options) => {
  const { createSvmTransactionBenchmarks } = await import("./svm-transaction-benchmarks.ts");
  const { createSvmBenchmarks } = await import("./svm-benchmarks.ts");
  await run([...createSvmTransactionBenchmarks(), ...createSvmBenchmarks()], options);
});

withOptions(program.command("prepare").description("decoding and signature checks on threads, beside the native libraries"), "5").action(
  async (options) => {
    const { createPrepareBenchmarks } = await import("./prepare-benchmarks.ts");
    await run(await createPrepareBenchmarks(), options);
  },
);

withOptions(program.command("cross-vm").description("calls to an empty contract in each of the nine directions"), "5").action(
  async (options) => {
    const { createCrossVmBenchmark, printDirections } = await import("./cross-vm-benchmark.ts");
    const rounds = roundsOf(options);
    const measurement = await measure(await createCrossVmBenchmark(options.filter), rounds);
    printMeasurement(measurement, false);
    printDirections(measurement);
    if (options.json !== undefined) writeJson(options.json, rounds, [measurement]);
  },
);

program
  .command("parallel")
  .description("blocks serially and on threads: cost of a transaction, speed-up beside the ideal one, aborts")
  .option("--workload <regex>", "only workloads whose name this matches")
  .option("--workers <list>", "numbers of threads, by commas; 1, 2, 4, ... up to the machine's cores when left out")
  .option("--runs <number>", "interleaved runs of every column")
  .option("--blocks <number>", "blocks of a run; as many as take 200 ms when left out")
  .option("--size <number>", "transactions of every block; 1,000, and 10,000 transfers as well, when left out")
  .option("--quick", "a first look: 2 short runs, no large blocks")
  .option("--json <file>", "write every sample as JSON")
  .option("--profile <directory>", "write a profile of every thread, as the inspector reads them")
  .action(async (options) => {
    const { runParallelBenchmark } = await import("./parallel/bundle.ts");
    await runParallelBenchmark(options);
  });

program
  .command("pipeline")
  .description("blocks on disk: each made when the one before is durable, or while that is hashed and written")
  .option("--runs <number>", "interleaved runs of every column, 5 when left out")
  .option("--blocks <number>", "blocks of a run, 10 when left out")
  .option("--size <number>", "transactions of a block, about, 1,000 when left out")
  .option("--workers <number>", "threads; as many as the machine has cores when left out")
  .action(async (options) => {
    const { runPipelineBenchmark } = await import("./pipeline/bundle.ts");
    await runPipelineBenchmark(options);
  });

program
  .command("stack")
  .description("the stack that nested WASM programs need")
  .action(async () => {
    const { printStackTable } = await import("./stack-benchmark.ts");
    await printStackTable();
  });

await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== "--"));
