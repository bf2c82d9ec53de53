import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { findJsonFiles } from "./find-files.ts";
import { exitCodeOf, type Report } from "./report.ts";
import { runStylusFile } from "./run-stylus-file.ts";

const folder = mkdtempSync(join(tmpdir(), "trireme-stylus-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a file with this text. */
function run(text: string): Report {
  const path = join(folder, "case.json");
  writeFileSync(path, text);
  return runStylusFile(path, "case.json");
}

test.each(findJsonFiles(fileURLToPath(new URL("../stylus", import.meta.url))).map(({ path, file }) => [file, path] as const))(
  "Stylus cases: %s",
  (file, path) => {
    const report = runStylusFile(path, file);
    expect(report.failures).toEqual([]);
    expect(report.passed).toBeGreaterThan(0);
  },
);

const trap = { program: { body: "unreachable" }, expected: { outcome: "revert", output: "0x" } };
const problemOf = (value: unknown): string | undefined => run(JSON.stringify({ value })).failures[0]?.problem;

test("every expectation can fail", () => {
  expect(run(JSON.stringify({ trap }))).toEqual({ passed: 1, skipped: 0, failures: [] });
  const wrong: Readonly<Record<string, unknown>> = {
    activation: "rejected",
    outcome: "success",
    gasLeft: 1,
    ink: 1,
    output: "0x01",
    refund: 1,
    logs: [{ topics: [], data: "0x" }],
    storage: { "0x000000000000000000000000000000000000c0de": { "0x0": "0x1" } },
    balances: { "0x000000000000000000000000000000000000c0de": 1 },
  };
  for (const [name, value] of Object.entries(wrong)) {
    expect([name, problemOf({ ...trap, expected: { [name]: value } })]).toEqual([name, expect.stringMatching(/^expected /)]);
  }
});

test("what cannot be read is a failure that says why", () => {
  expect(exitCodeOf(run("{}"))).toBe(1);
  expect(exitCodeOf(run("no JSON"))).toBe(1);
  expect(problemOf({ ...trap, expected: {} })).toBe("expected expected to say something, got {}");
  expect(problemOf({ ...trap, expected: { gas: 1 } })).toMatch(/^expected the fields of expected to be among .*, got "gas"$/);
  expect(problemOf({ ...trap, program: { body: "no" } })).toMatch(/^expected program to be WAT, got: parseWat failed/);
  expect(problemOf({ ...trap, program: { body: "unreachable", more: "(start 0)" } })).toMatch(/^activation of 0x0+c0de rejected/);
});

test("bytes of a program as hex and as base64", () => {
  const empty = "0061736d01000000";
  for (const wasm of [`0x${empty}`, Buffer.from(empty, "hex").toString("base64")]) {
    expect(run(JSON.stringify({ empty: { program: { wasm }, expected: { activation: "rejected" } } })).failures).toEqual([]);
  }
  expect(problemOf({ ...trap, program: { wasm: "?" } })).toMatch(/^expected program.wasm to be hex with 0x or base64/);
});
