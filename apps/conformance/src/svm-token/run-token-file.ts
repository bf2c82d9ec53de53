/** All fixtures of a file, with both builds of the token program, on both engines. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { isTriremeError, pubkeyToBase58 } from "@trireme/core";
import { readArray, type JsonValue } from "../json-value.ts";
import type { Failure, Report } from "../report.ts";
import { createFixtureRunner, expectedOutcome, type FixtureOutcome } from "./run-token-fixture.ts";
import { readTokenFixture, type FixtureAccount, type TokenFixture } from "./token-fixture.ts";
import { runOnOracle, tokenPrograms } from "./token-oracle.ts";

/** A report, and what passed although the fixture says otherwise. */
export interface TokenReport extends Report {
  /** The fixture, the build, and how it differs: from another build of the program, and exactly as litesvm does with this one. */
  readonly asOracle: readonly Failure[];
  /** How many fixtures each build keeps to. */
  readonly asFixture: readonly { readonly program: string; readonly equal: number; readonly fixtures: number }[];
}

/**
 * Runs a file. A case is a fixture with one build of the program: it passes where both engines have the fixture's result,
 * return data and accounts. Where they have not, litesvm is given the same ELF and accounts: a case passes, and is named in
 * `asOracle`, only if it says the same as we do in every log line and account.
 */
export function runTokenFile(path: string, file: string, filter?: string): TokenReport {
  const failures: Failure[] = [];
  const fixtures = readFixtures(path, file, filter, failures);
  const asOracle: Failure[] = [];
  const asFixture = tokenPrograms().map((program) => {
    const runners = (["interpreter", "compiler"] as const).map((engine) => ({ engine, runner: createFixtureRunner(engine, program) }));
    let equal = 0;
    for (const fixture of fixtures) {
      const expected = expectedOutcome(fixture);
      const outcomes = runners.map(({ engine, runner }) => ({ engine, outcome: runner.run(fixture) }));
      const problems = outcomes.flatMap(({ engine, outcome }) => differences(outcome, expected).map((text) => `${engine}: ${text}`));
      if (problems.length === 0) {
        equal++;
        continue;
      }
      const problem = { file, label: `${fixture.name} with ${program.name}`, problem: problems.join("\n  ") };
      const theirs = runOnOracle(fixture, program);
      (outcomes.every(({ outcome }) => agrees(outcome, theirs)) ? asOracle : failures).push(problem);
    }
    return { program: program.name, equal, fixtures: fixtures.length };
  });
  const passed = asFixture.reduce((sum, { equal }) => sum + equal, asOracle.length);
  return { passed, skipped: 0, failures, asOracle, asFixture };
}

/** What cannot be read is a failure, the other fixtures of the file are run. */
function readFixtures(path: string, file: string, filter: string | undefined, failures: Failure[]): readonly TokenFixture[] {
  const attempt = <T>(label: string | undefined, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!isTriremeError(error) && !(error instanceof SyntaxError)) throw error;
      failures.push({ file, label, problem: error.message });
      return undefined;
    }
  };
  const list = attempt(undefined, () => readArray(JSON.parse(readFileSync(path, "utf8")) as JsonValue, file)) ?? [];
  return list
    .map((value, index) => attempt(`fixture ${index}`, () => readTokenFixture(value, index)))
    .filter((fixture) => fixture !== undefined)
    .filter(({ name }) => filter === undefined || `${file} ${name}`.includes(filter));
}

function agrees({ logs, accounts }: FixtureOutcome, theirs: Pick<FixtureOutcome, "logs" | "accounts">): boolean {
  return isDeepStrictEqual({ logs, accounts }, theirs);
}

function differences(outcome: FixtureOutcome, expected: Omit<FixtureOutcome, "logs">): string[] {
  const problems: string[] = [];
  const compare = (what: string, ours: unknown, theirs: unknown): void => {
    if (!isDeepStrictEqual(ours, theirs)) problems.push(`${what}: expected ${show(theirs)}, got ${show(ours)}`);
  };
  compare("error", outcome.error, expected.error);
  compare("return data", outcome.returnData, expected.returnData);
  for (const [index, account] of expected.accounts.entries()) {
    const ours = outcome.accounts[index];
    for (const field of ["lamports", "owner", "data", "executable"] as const satisfies readonly (keyof FixtureAccount)[]) {
      compare(`${pubkeyToBase58(account.key)} ${field}`, ours?.[field], account[field]);
    }
  }
  return problems;
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  return typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? "none");
}
