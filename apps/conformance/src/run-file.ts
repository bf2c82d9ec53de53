/** Runs all tests of a state test file. Never throws: what cannot be read is a failure of its own. */
import { readFileSync } from "node:fs";
import type { Machine } from "./machine.ts";
import { failedFile, type Failure, type Report } from "./report.ts";
import { runStateTest } from "./run-state-test.ts";
import { readStateTest, readStateTestFile } from "./state-test.ts";

/** Runs the tests of `path`; with a filter only those whose file or label contains it. `file` is the name in reports. */
export function runStateTestFile(path: string, file: string, filter: string | undefined, machine: Machine): Report {
  let tests: ReturnType<typeof readStateTestFile>;
  try {
    tests = readStateTestFile(readFileSync(path, "utf8"));
  } catch (error) {
    return failedFile(file, messageOf(error));
  }
  let passed = 0;
  let skipped = 0;
  const failures: Failure[] = [];
  for (const [name, value] of tests) {
    try {
      const test = readStateTest(name, value);
      const isWanted = (label: string): boolean => filter === undefined || file.includes(filter) || label.includes(filter);
      const cases = test.cases.filter(({ label }) => isWanted(`${name} ${label}`));
      skipped += isWanted(name) ? test.skipped : 0;
      for (const { label, problem } of runStateTest({ ...test, cases }, machine)) {
        if (problem === undefined) passed++;
        else failures.push({ file, label, problem });
      }
    } catch (error) {
      failures.push({ file, label: name, problem: messageOf(error) });
    }
  }
  return { passed, skipped, failures };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
