import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { findJsonFiles } from "./find-files.ts";
import { listPriceMutants } from "./price-mutants/price-mutants.ts";
import { runPriceMutants } from "./price-mutants/run-price-mutants.ts";
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

const ownFiles = findJsonFiles(fileURLToPath(new URL("../stylus", import.meta.url)));

test.each(ownFiles.map(({ path, file }) => [file, path] as const))("Stylus cases: %s", (file, path) => {
  const report = runStylusFile(path, file);
  expect(report.failures).toEqual([]);
  expect(report.passed).toBeGreaterThan(0);
});

test("an own case of a refusal says why it is refused", () => {
  for (const { path } of ownFiles) {
    const cases = Object.entries(JSON.parse(readFileSync(path, "utf8")) as Record<string, { expected: Record<string, string> }>);
    for (const [name, { expected }] of cases) {
      if (expected["activation"] === "rejected")
        expect([name, expected["reason"], expected["detail"]]).toEqual([name, expect.stringMatching(/^\w+$/), expect.stringMatching(/\w/)]);
    }
  }
});

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

test("a refusal is compared with its code and text", () => {
  const rejected = (expected: object, wat = "(module)"): unknown => ({
    program: { wat },
    expected: { activation: "rejected", ...expected },
  });
  expect(problemOf(rejected({ reason: "stylusRule", detail: "a function" }))).toBeUndefined();
  expect(problemOf(rejected({ reason: "limitExceeded" }))).toMatch(
    /^expected the reason limitExceeded, got .*: stylusRule: expected a module/,
  );
  expect(problemOf(rejected({ detail: "no such text" }))).toMatch(/^expected a refusal with "no such text", got /);
  expect(problemOf({ ...trap, expected: { outcome: "revert", reason: "stylusRule" } })).toBe(
    'expected expected.reason only with "activation": "rejected"',
  );
  expect(problemOf(rejected({ output: "0x" }))).toBe('expected expected.output only without "activation": "rejected"');
});

test("numbers, bytes and fields in any spelling and order", () => {
  const account = "0xBBBBbbbbBBBBbbbbBBBBbbbbBBBBbbbbBBBBbbbb";
  const expected = { storage: { "0x000000000000000000000000000000000000C0DE": { "1": "0X0A" } }, outcome: "success" };
  for (const gas of [100_000, "100000", "0x186a0", "0x186A0"]) {
    const accounts = { [account]: { balance: gas }, "000000000000000000000000000000000000c0de": { storage: { "0x01": 10 } } };
    expect(
      problemOf({
        expected: { ...expected, balances: { [account.toLowerCase()]: 100_000 } },
        call: { gas },
        accounts,
        program: { body: "(i32.const 0)" },
      }),
    ).toBeUndefined();
  }
});

test("what cannot be read is a failure that names the place", () => {
  expect(exitCodeOf(run("{}"))).toBe(1);
  expect(exitCodeOf(run("no JSON"))).toBe(1);
  expect(exitCodeOf(run("[]"))).toBe(1);
  const told: readonly (readonly [value: unknown, problem: string | RegExp])[] = [
    [7, "expected the case to be an object, got 7"],
    [{ ...trap, expected: undefined }, "expected expected to be an object, got nothing"],
    [{ ...trap, expected: {} }, "expected expected to say something, got {}"],
    [{ ...trap, expected: { gas: 1 } }, /^expected the fields of expected to be among .*, got "gas"$/],
    [{ ...trap, expect: {} }, /^expected the fields of the case to be among .*, got "expect"$/],
    [{ ...trap, expected: { outcome: "ok" } }, /^expected expected.outcome to be one of success, .*, got "ok"$/],
    [{ ...trap, expected: { gasLeft: 1.5 } }, "expected expected.gasLeft to be a whole number below 2^53, or a string, got 1.5"],
    [{ ...trap, expected: { gasLeft: -1 } }, "expected expected.gasLeft to be a number (decimal, or hex with 0x), got -1"],
    [{ ...trap, expected: { logs: [{ topics: [true] }] } }, "expected expected.logs[0].topics[0] to be a string, got true"],
    [{ ...trap, parameters: { inkprice: 1 } }, /^expected the fields of parameters to be among arbosVersion, .*, got "inkprice"$/],
    [{ ...trap, parameters: { inkPrice: 0 } }, /^expected inkPrice to be an integer from 1/],
    [{ ...trap, debug: "true" }, 'expected debug to be true or false, got "true"'],
    [{ ...trap, call: { input: "0x123" } }, 'expected call.input to be pairs of hex digits, got "0x123"'],
    [{ ...trap, call: { to: "0x12" } }, 'expected call.to to be an address of 20 bytes, got "0x12"'],
    [{ ...trap, before: {} }, "expected before to be an array, got {}"],
    [{ ...trap, before: [{ gass: 1 }] }, /^expected the fields of before\[0\] to be among .*, got "gass"$/],
    [{ ...trap, before: [{}] }, /^expected before\[0\] to succeed, got revert/],
    [{ ...trap, accounts: { "0x1": {} } }, 'expected the key accounts.0x1 to be an address of 20 bytes, got "0x1"'],
    [{ ...trap, program: { body: "no" } }, /^expected program.body to be WAT, got: .*unexpected token no/s],
    [
      { ...trap, program: { wat: "(module", body: "nop" } },
      "expected program to have one of code, wasm, wat, body, measured, got wat and body",
    ],
    [{ ...trap, program: {} }, "expected program to have one of code, wasm, wat, body, measured, got []"],
    [
      { ...trap, program: { body: "unreachable", before: "nop" } },
      /^expected the fields of program to be among body, data, more, pages, got "before"$/,
    ],
    [{ ...trap, program: { body: "unreachable", more: "(start 0)" } }, /^activation of 0x0+c0de rejected/],
  ];
  for (const [value, problem] of told) expect(problemOf(value)).toMatch(problem);
});

test("a case fails when the price of an instruction changes", async () => {
  // Every price: npx pnpm conformance stylus --mutate-prices
  const opcodes = listPriceMutants().filter(({ kind }) => kind === "opcode");
  const mutants = opcodes.filter((_, index) => index % 23 === 0);
  const uncaught: string[] = [];
  const paths = ownFiles.filter(({ file }) => ["instructions.json", "boundaries.json"].includes(file)).map(({ path }) => path);
  await runPriceMutants(paths, mutants, ({ mutant, caughtBy }) => {
    if (caughtBy === undefined) uncaught.push(mutant.label);
  });
  expect(mutants.length).toBeGreaterThan(5);
  expect(uncaught).toEqual([]);
});

test("bytes of a program as hex and as base64", () => {
  const empty = "0061736d01000000";
  for (const wasm of [`0x${empty}`, Buffer.from(empty, "hex").toString("base64")]) {
    expect(run(JSON.stringify({ empty: { program: { wasm }, expected: { activation: "rejected" } } })).failures).toEqual([]);
  }
  expect(problemOf({ ...trap, program: { wasm: "?" } })).toMatch(/^expected program.wasm to be hex with 0x or base64/);
});
