/** Runs the cases of a Stylus file. Never throws: what cannot be read is a failure of its own. */
import { readFileSync } from "node:fs";
import { readObject, type JsonValue } from "./json-value.ts";
import { failedFile, sumReports, type Report } from "./report.ts";
import { runStylusCase } from "./run-stylus-case.ts";
import { readStylusCase } from "./stylus-case.ts";

/** Runs the cases of `path`; with a filter only those whose file or name contains it. `file` is the name in reports. */
export function runStylusFile(path: string, file: string, filter?: string): Report {
  let cases: readonly (readonly [string, JsonValue])[];
  try {
    cases = Object.entries(readObject(JSON.parse(readFileSync(path, "utf8")) as JsonValue, file));
  } catch (error) {
    return failedFile(file, messageOf(error));
  }
  if (cases.length === 0) return failedFile(file, "expected cases, got none");
  const wanted = cases.filter(([name]) => filter === undefined || file.includes(filter) || name.includes(filter));
  return sumReports(wanted.map(([name, value]) => reportOf(file, name, value)));
}

function reportOf(file: string, name: string, value: JsonValue): Report {
  let problem: string | undefined;
  try {
    problem = runStylusCase(readStylusCase(value));
  } catch (error) {
    problem = messageOf(error);
  }
  if (problem === undefined) return { passed: 1, skipped: 0, failures: [] };
  return { passed: 0, skipped: 0, failures: [{ file, label: name, problem }] };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
