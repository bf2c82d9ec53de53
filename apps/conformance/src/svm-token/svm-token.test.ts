import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { conformanceDirectory } from "@trireme/testing";
import { runTokenFile, type TokenReport } from "./run-token-file.ts";

const folder = mkdtempSync(join(tmpdir(), "trireme-token-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(fixtures: unknown): TokenReport {
  const path = join(folder, "fixtures.json");
  writeFileSync(path, typeof fixtures === "string" ? fixtures : JSON.stringify(fixtures));
  return runTokenFile(path, "fixtures.json");
}

const key = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const system = key(0);
const transfer = {
  name: "transfer",
  programId: system,
  data: "AgAAAAUAAAAAAAAA",
  instructionAccounts: [
    { index: 0, isSigner: true, isWritable: true },
    { index: 1, isSigner: false, isWritable: true },
  ],
  accounts: [
    { address: key(1), owner: system, lamports: "7", data: "", executable: false },
    { address: key(2), owner: system, lamports: "0", data: "", executable: false },
  ],
  clock: { slot: "0", unix_timestamp: "0" },
  programResult: 0,
  returnData: "",
  resultingAccounts: [
    { address: key(1), owner: system, lamports: "2", data: "", executable: false },
    { address: key(2), owner: system, lamports: "5", data: "", executable: false },
  ],
};

test("a fixture can pass and fail, with result and accounts", () => {
  expect(run([transfer])).toMatchObject({ passed: 2, failures: [], asOracle: [] });
  const [alice, bob] = transfer.accounts;
  // Nothing of it may come from litesvm, which has another mind on rent in a whole transaction.
  expect(run([{ ...transfer, accounts: [alice, { ...bob, lamports: "1" }] }]).failures[0]?.problem).toContain(
    "lamports: expected 5, got 6",
  );
  const failed = run([{ ...transfer, programResult: 1, data: "AgAAAAkAAAAAAAAA", resultingAccounts: transfer.accounts }]);
  expect(failed).toMatchObject({ passed: 2, failures: [], asOracle: [] });
});

test("what cannot be read is named, and the rest is run", () => {
  expect(run("[").failures).toHaveLength(1);
  const report = run([{ ...transfer, programId: "AAAA" }, { ...transfer, instructionAccounts: [{ index: 2 }] }, transfer]);
  expect(report.passed).toBe(2);
  expect(report.failures.map(({ problem }) => problem)).toEqual([
    "expected transfer: programId to be 32 bytes, got 3",
    "expected transfer: instructionAccounts[0].index to be below 2, got 2",
  ]);
});

const vectors = conformanceDirectory("svm/token");

test("SPL Token's own fixtures", ({ skip }) => {
  if (vectors === undefined) {
    console.log("SKIPPED fixtures of SPL Token: no vectors");
    return skip();
  }
  const path = join(vectors, "fixtures.json");
  const count = (JSON.parse(readFileSync(path, "utf8")) as unknown[]).length;
  const report = runTokenFile(path, "fixtures.json");
  expect(report.failures).toEqual([]);
  expect(report.asFixture).toEqual([
    { program: "spl-token 3.5.0", equal: count, fixtures: count },
    { program: "p-token", equal: count - 1, fixtures: count },
  ]);
  expect(report.asOracle).toHaveLength(1);
});
