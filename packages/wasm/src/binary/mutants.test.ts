/** Mutants of real programs, held against what the package promises for any bytes; `npx pnpm fuzz wasm` tries many more. */
import { expect, test } from "vitest";
import { fuzzModules } from "../test/fuzz-modules.ts";
import { runProgram } from "../test/run-program.ts";
import { assemblyProgram, watPrograms } from "../test/seed-programs.ts";
import { fuzzSeeds } from "../test/stylus-programs.ts";
import { encodeModule } from "./encode/encode-module.ts";
import { parseModule } from "./parse-module.ts";
import { wasmRules } from "./wasm-rules.ts";

const programs = [...watPrograms(true), await assemblyProgram()];

test("an unchanged program does after an encoding what it did before", () => {
  for (const { bytes, calls } of programs) {
    const parsed = parseModule(bytes, wasmRules(51));
    if (parsed.kind === "invalid") throw new Error(parsed.fault.message);
    expect(runProgram(encodeModule(parsed.module), calls)).toEqual(runProgram(bytes, calls));
  }
});

test("5,000 mutants: a named refusal or a program that V8 takes, and that runs alike twice", () => {
  const { mutants, reached, violation, faults, ends } = fuzzModules(fuzzSeeds(programs), 5000, 1);
  const shares = Object.entries(reached).map(([stage, count]) => `${stage} ${((100 * count) / mutants).toFixed(1)} %`);
  console.info(`mutants ${mutants}: ${shares.join(", ")}; ends ${JSON.stringify(ends)}; faults ${JSON.stringify(faults)}`);
  expect(violation).toBeUndefined();
  expect(mutants).toBe(5000);
  expect(reached.decoded / mutants).toBeGreaterThan(0.2);
  expect(reached.ran).toBeGreaterThan(100);
}, 60_000);
