/** Counting what passed, failed and was skipped. */

/** One thing that failed, named so that `--filter` finds it. */
export interface Failure {
  readonly file: string;
  /** Test and case; undefined when the file as a whole failed. */
  readonly label: string | undefined;
  readonly problem: string;
}

/** What a file, or a run, came to. */
export interface Report {
  readonly passed: number;
  /** Cases of forks that Trireme does not run. */
  readonly skipped: number;
  readonly failures: readonly Failure[];
}

/** The report of a file that could not be read or whose worker died: one failure. */
export function failedFile(file: string, problem: string): Report {
  return { passed: 0, skipped: 0, failures: [{ file, label: undefined, problem }] };
}

/** The sum of reports. */
export function sumReports(reports: readonly Report[]): Report {
  return {
    passed: reports.reduce((sum, report) => sum + report.passed, 0),
    skipped: reports.reduce((sum, report) => sum + report.skipped, 0),
    failures: reports.flatMap((report) => report.failures),
  };
}

/** The last line of a run. */
export function summaryOf({ passed, failures, skipped }: Report): string {
  return `${passed} passed, ${failures.length} failed, ${skipped} skipped`;
}

/** 0 when something passed and nothing failed: a run that tested nothing is no success. */
export function exitCodeOf({ passed, failures }: Report): number {
  return failures.length === 0 && passed > 0 ? 0 : 1;
}
