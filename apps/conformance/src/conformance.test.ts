import { conformanceDirectory } from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { findJsonFiles } from "./find-files.ts";
import { createMachine } from "./machine.ts";
import { runStateTestFile } from "./run-file.ts";
import { sampleOf } from "./sample.ts";

const folder = conformanceDirectory("evm/state-tests");
if (folder === undefined) console.log("SKIPPED evm state tests: evm/state-tests is missing");

describe.skipIf(folder === undefined)("a sample of Ethereum's state tests", () => {
  const machine = createMachine();
  const sample = folder === undefined ? [] : sampleOf(findJsonFiles(folder));

  test.each(sample.map(({ folder, files }) => [folder, files] as const))("%s", (_, files) => {
    const reports = files.map(({ path, file }) => runStateTestFile(path, file, undefined, machine));
    expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
    expect(reports.reduce((sum, { passed, skipped }) => sum + passed + skipped, 0)).toBeGreaterThan(0);
  });

  test("every folder is in it", () => {
    expect(sample.length).toBeGreaterThan(30);
    expect(sample.every(({ files }) => files.length > 0)).toBe(true);
  });
});
