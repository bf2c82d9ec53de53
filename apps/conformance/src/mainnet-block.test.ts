import { readFileSync, statSync } from "node:fs";
import { conformanceDirectory } from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { findJsonFiles } from "./find-files.ts";
import { createMachine } from "./machine.ts";
import { readMainnetBlock } from "./mainnet-block.ts";
import { mainnetRules } from "./mainnet-forks.ts";
import { runMainnetBlock } from "./run-mainnet-block.ts";

const folder = conformanceDirectory("evm/mainnet-blocks");
if (folder === undefined) console.log("SKIPPED mainnet blocks: evm/mainnet-blocks is missing");
/** The larger ones run in `conformance evm-blocks`. */
const files = folder === undefined ? [] : findJsonFiles(folder).filter(({ path }) => statSync(path).size < 1_000_000);

describe.skipIf(folder === undefined)("real mainnet blocks", () => {
  const machine = createMachine();

  test.each(files.map(({ file, path }) => [file, path] as const))("%s", (_, path) => {
    const vector = readMainnetBlock(readFileSync(path, "utf8"));
    const outcome = runMainnetBlock(vector, machine);
    expect(outcome).toMatchObject({ gasUsed: vector.header.gasUsed, recovered: vector.transactions.length, problems: [] });
  });

  test("a header that lies is found out", () => {
    const path = files[0]?.path;
    expect(path).toBeDefined();
    const vector = readMainnetBlock(readFileSync(path as string, "utf8"));
    const lie = { ...vector, header: { ...vector.header, gasUsed: vector.header.gasUsed + 1n } };
    const problems = runMainnetBlock(lie, machine)?.problems.join("; ");
    expect(problems).toMatch(/expected block hash/);
    expect(problems).toMatch(/gas used/);
  });
});

test("mainnet's forks", () => {
  const at = (number: bigint, timestamp: bigint) => mainnetRules(number, timestamp)?.hardfork;
  expect([at(12_964_999n, 1_628_166_822n), at(12_965_000n, 1_628_166_822n), at(15_537_394n, 1_663_224_179n)]).toEqual([
    undefined,
    "london",
    "paris",
  ]);
  expect([at(17_034_869n, 1_681_338_443n), at(17_034_870n, 1_681_338_455n)]).toEqual(["paris", "shanghai"]);
  expect([at(19_426_587n, 1_710_338_135n), at(22_431_084n, 1_746_612_311n), at(23_935_694n, 1_764_798_551n)]).toEqual([
    "cancun",
    "prague",
    "osaka",
  ]);
  expect(mainnetRules(24_000_000n, 1_767_747_671n)?.schedule?.max).toBe(21);
});
