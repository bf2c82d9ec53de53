/** `conformance evm <folder>`, `evm-blocks`, `stylus`, `svm-instructions`, `svm-token`: test vectors over the path of a node. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { isTriremeError } from "@trireme/core";
import { findFiles, findJsonFiles } from "./find-files.ts";
import { createMachine } from "./machine.ts";
import { readMainnetBlock } from "./mainnet-block.ts";
import { staleProgramsOf } from "./rebuild-programs.ts";
import { exitCodeOf, failedFile, summaryOf, sumReports, type Failure, type Report } from "./report.ts";
import { runMainnetBlock } from "./run-mainnet-block.ts";
import { listPriceMutants } from "./price-mutants/price-mutants.ts";
import { runPriceMutants } from "./price-mutants/run-price-mutants.ts";
import { runStylusFile } from "./run-stylus-file.ts";
import { runInstructionFile } from "./svm-instructions/run-instruction-file.ts";
import { runTokenFile } from "./svm-token/run-token-file.ts";
import { runJobs } from "./worker-pool.ts";

interface EvmOptions {
  readonly workers: number;
  readonly filter?: string;
  readonly json?: true;
}

/** No file of the official tests takes a minute. */
const fileTimeout = 300_000;

async function runStateTests(folder: string, { workers, filter, json }: EvmOptions): Promise<void> {
  const started = performance.now();
  const jobs = findJsonFiles(folder).map(({ path, file }) => ({ path, file, filter }));
  const slow: { readonly file: string; readonly seconds: number }[] = [];
  let done = 0;
  const reports = await runJobs(jobs, {
    workers,
    entry: new URL("./state-test-worker.ts", import.meta.url),
    timeout: fileTimeout,
    onReport({ file }, report, took) {
      done++;
      slow.push({ file, seconds: Math.round(took) / 1000 });
      if (json) return;
      report.failures.forEach(printFailure);
      if (done % 200 === 0) console.log(`${done} of ${jobs.length} files`);
    },
  });
  const slowest = slow.sort((left, right) => right.seconds - left.seconds).slice(0, 10);
  finish(sumReports(reports), json, { files: jobs.length, seconds: (performance.now() - started) / 1000, slowest });
}

function runMainnetBlocks(folder: string, { json }: { readonly json?: true }): void {
  const machine = createMachine();
  const started = performance.now();
  const files = findJsonFiles(folder);
  const reports = files.map(({ path, file }): Report => {
    const begun = performance.now();
    try {
      const outcome = runMainnetBlock(readMainnetBlock(readFileSync(path, "utf8")), machine);
      if (outcome === undefined) return { passed: 0, skipped: 1, failures: [] };
      const { hardfork, transactions, recovered, gasUsed, problems } = outcome;
      const counts = `${hardfork}, ${transactions} transactions (${recovered} senders recovered), ${gasUsed} gas`;
      if (!json)
        console.log(`${file}: ${counts}, ${(performance.now() - begun).toFixed(0)} ms: ${problems.length === 0 ? "equal" : "different"}`);
      if (problems.length === 0) return { passed: 1, skipped: 0, failures: [] };
      return failedFile(file, problems.join("; "));
    } catch (error) {
      return failedFile(file, error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  });
  const report = sumReports(reports);
  if (!json) report.failures.forEach(printFailure);
  finish(report, json, { files: files.length, seconds: (performance.now() - started) / 1000 });
}

/** The cases of this repository. */
const ownStylusCases = fileURLToPath(new URL("../stylus", import.meta.url));

interface StylusOptions {
  readonly filter?: string;
  readonly json?: true;
  readonly mutatePrices?: number | true;
  readonly rebuildPrograms?: true;
}

async function runStylusCases(folder: string, { filter, json, mutatePrices, rebuildPrograms }: StylusOptions): Promise<void> {
  const started = performance.now();
  const files = findJsonFiles(folder);
  if (rebuildPrograms) {
    for (const { path, file } of files) {
      for (const source of await staleProgramsOf(path, true)) console.log(`${file}: new bytes of ${source}`);
    }
  }
  if (mutatePrices !== undefined) {
    return proveEveryPrice(
      files.map(({ path }) => path),
      mutatePrices === true ? 1 : mutatePrices,
    );
  }
  const report = sumReports(files.map(({ path, file }) => runStylusFile(path, file, filter)));
  if (!json) report.failures.forEach(printFailure);
  finish(report, json, { files: files.length, seconds: (performance.now() - started) / 1000 });
}

async function proveEveryPrice(paths: readonly string[], step: number): Promise<void> {
  const survivors: string[] = [];
  let caught = 0;
  const mutants = listPriceMutants().filter((_, index) => index % step === 0);
  await runPriceMutants(paths, mutants, ({ mutant, caughtBy }) => {
    if (caughtBy !== undefined) caught++;
    else {
      survivors.push(mutant.label);
      console.log(`NOT CAUGHT ${mutant.label}`);
    }
  });
  console.log(`${caught + survivors.length} prices changed, each alone: ${caught} caught by a case, ${survivors.length} not`);
  if (survivors.length > 0 || caught === 0) process.exitCode = 1;
}

function runInstructionCases(folder: string, { filter, json }: { readonly filter?: string; readonly json?: true }): void {
  const started = performance.now();
  const files = findFiles(folder, ".instr");
  const report = sumReports(files.map(({ path, file }) => runInstructionFile(path, file, { filter })));
  if (!json) report.failures.forEach(printFailure);
  finish(report, json, { files: files.length, seconds: (performance.now() - started) / 1000 });
}

function runTokenFixtures(path: string, { filter, json }: { readonly filter?: string; readonly json?: true }): void {
  const started = performance.now();
  const files = findJsonFiles(path);
  const reports = files.map((each) => runTokenFile(each.path, each.file, filter));
  const report = sumReports(reports);
  const asOracle = reports.flatMap((each) => each.asOracle);
  if (!json) {
    report.failures.forEach(printFailure);
    for (const { label, problem } of asOracle) console.log(`AS LITESVM ${label}\n  ${problem}`);
    for (const { program, equal, fixtures } of reports.flatMap((each) => each.asFixture)) {
      console.log(`${program}: ${equal} of ${fixtures} as the fixture says`);
    }
    if (asOracle.length > 0) console.log(`${asOracle.length} differ from the fixture exactly as litesvm does, and count as passed`);
  }
  finish(report, json, { files: files.length, seconds: (performance.now() - started) / 1000 });
}

function printFailure({ file, label, problem }: Failure): void {
  console.log(`FAILED ${file}${label === undefined ? "" : ` ${label}`}\n  ${problem}`);
}

interface RunFacts {
  readonly files: number;
  readonly seconds: number;
  /** The files that took longest; in the JSON only. */
  readonly slowest?: readonly { readonly file: string; readonly seconds: number }[];
}

function finish(report: Report, json: true | undefined, run: RunFacts): void {
  process.exitCode = exitCodeOf(report);
  const { passed, skipped, failures } = report;
  if (json) return console.log(JSON.stringify({ ...run, passed, failed: failures.length, skipped, failures }, undefined, 2));
  console.log(`${run.files} files in ${run.seconds.toFixed(1)} s`);
  console.log(summaryOf(report));
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a positive integer.");
  return value;
}

const program = new Command("conformance").description("Runs test vectors over exactly the path of a Trireme node.");
program
  .command("evm")
  .description("run the state tests (GeneralStateTests) below a folder")
  .argument("<folder>", "folder or file of JSON state tests")
  .option("--workers <count>", "processes that run files side by side", positiveInteger, availableParallelism())
  .option("--filter <text>", "only cases whose file or name contains this text")
  .option("--json", "print one JSON object instead of lines")
  .action(runStateTests);
program
  .command("evm-blocks")
  .description("run real mainnet blocks and compare with their headers")
  .argument("<folder>", "folder or file of JSON blocks")
  .option("--json", "print one JSON object instead of lines")
  .action(runMainnetBlocks);
program
  .command("stylus")
  .description("run Stylus cases: calls of WASM programs, and what must come of them")
  .argument("[folder]", "folder or file of JSON cases", ownStylusCases)
  .option("--filter <text>", "only cases whose file or name contains this text")
  .option("--json", "print one JSON object instead of lines")
  .option("--mutate-prices [step]", "change each price (or every step'th) alone, and see that a case fails", positiveInteger)
  .option("--rebuild-programs", "first build the programs that name an AssemblyScript source, and put their bytes into the cases")
  .action(runStylusCases);
program
  .command("svm-instructions")
  .description("run single sBPF instructions (.instr files) on every engine of the SVM")
  .argument("<folder>", "folder or file of cases; its version is the name of the folder around it, v0 to v3")
  .option("--filter <text>", "only cases whose file and line (v0/load.instr:12) contain this text")
  .option("--json", "print one JSON object instead of lines")
  .action(runInstructionCases);
program
  .command("svm-token")
  .description("replay instructions of SPL Token with spl-token 3.5.0 and with p-token, on every engine of the SVM")
  .argument("<fixtures>", "JSON file of fixtures, or a folder of them")
  .option("--filter <text>", "only fixtures whose file or name contains this text")
  .option("--json", "print one JSON object instead of lines")
  .action(runTokenFixtures);

try {
  await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== "--"));
} catch (error) {
  if (!isTriremeError(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
