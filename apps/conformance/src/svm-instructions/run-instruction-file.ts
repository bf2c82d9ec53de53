/** All cases of a file, on every engine of the SVM. */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { isTriremeError, TriremeError } from "@trireme/core";
import { createCompiler, createInterpreter, type Engine, type SbpfVersion } from "@trireme/svm";
import { failedFile, type Failure, type Report } from "../report.ts";
import { parseInstructionCases, type InstructionCase } from "./instruction-case.ts";
import { runInstructionCase } from "./run-instruction-case.ts";

const allEngines: readonly Engine[] = [createInterpreter(), createCompiler()];

export interface InstructionFileOptions {
  /** Only cases whose file and line, as `v0/load.instr:12`, contain this text. */
  readonly filter?: string | undefined;
  /** All of the SVM unless named. */
  readonly engines?: readonly Engine[];
}

/** Runs a file; its version is the name of the folder it stands in. A case passes where all engines do what it says. */
export function runInstructionFile(path: string, file: string, { filter, engines = allEngines }: InstructionFileOptions = {}): Report {
  try {
    const version = versionOf(path);
    const cases = parseInstructionCases(readFileSync(path, "utf8")).filter(
      ({ line }) => filter === undefined || `${file}:${line}`.includes(filter),
    );
    const failures = cases.flatMap((testCase) => problemsOf(testCase, version, file, engines));
    return { passed: cases.length - failures.length, skipped: 0, failures };
  } catch (error) {
    if (isTriremeError(error)) return failedFile(file, error.message);
    throw error;
  }
}

function problemsOf(testCase: InstructionCase, version: SbpfVersion, file: string, engines: readonly Engine[]): Failure[] {
  const problems = engines.flatMap((engine) => {
    const problem = runInstructionCase(testCase, version, engine);
    return problem === undefined ? [] : [`${engine.name}: ${problem}`];
  });
  return problems.length === 0 ? [] : [{ file, label: `line ${testCase.line}`, problem: problems.join("\n  ") }];
}

/** From `v0` to `v3`. */
function versionOf(path: string): SbpfVersion {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const version = /^v([0-3])$/.exec(basename(folder))?.[1];
    if (version !== undefined) return Number(version) as SbpfVersion;
  }
  throw new TriremeError("INVALID_ARGUMENT", `expected a folder v0, v1, v2 or v3 around ${path}`);
}
