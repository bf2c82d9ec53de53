/** `npx pnpm fuzz wasm`: many more mutants than the tests try. Ends with 1 where one breaks a promise. */
import { parseArgs } from "node:util";
import { bytesToHex } from "@trireme/core";
import { fuzzModules, fuzzStages } from "./fuzz-modules.ts";
import { assemblyProgram, watPrograms } from "./seed-programs.ts";
import { fuzzSeeds } from "./stylus-programs.ts";

/** Mutants between two lines that say how far it is. */
const step = 10_000;

const { values } = parseArgs({ options: { modules: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } } });
const [modules, seed] = [positive("--modules", values.modules), positive("--seed", values.seed)];
const seeds = fuzzSeeds([...watPrograms(true), await assemblyProgram()]);

const start = performance.now();
const totals = new Map<string, number>();
const ends = new Map<string, number>();
const faults = new Map<string, number>();
let done = 0;
for (let part = 0; done < modules; part++) {
  // Each part has a seed of its own, so that a violation is found again without the parts before it.
  const count = Math.min(step, modules - done);
  const partSeed = seed + part;
  const report = fuzzModules(seeds, count, partSeed);
  done += report.mutants;
  for (const [into, from] of [
    [totals, report.reached],
    [ends, report.ends],
    [faults, report.faults],
  ] as const) {
    for (const [key, value] of Object.entries(from)) into.set(key, (into.get(key) ?? 0) + value);
  }
  if (report.violation !== undefined) {
    const { mutant, what, bytes } = report.violation;
    console.error(`seed ${partSeed}, mutant ${mutant}: ${what}\n${bytesToHex(bytes)}`);
    console.error(`again: npx pnpm fuzz wasm --seed ${partSeed} --modules ${mutant + 1}`);
    process.exit(1);
  }
  if (modules > step) console.log(`${done.toLocaleString("en-US")} mutants, ${seconds()} s`);
}

console.log(`${done.toLocaleString("en-US")} mutants, seed ${seed}, ${seconds()} s; of all mutants`);
for (const stage of fuzzStages) console.log(`  ${stage.padEnd(16)} ${share(totals.get(stage) ?? 0)}`);
console.log(`ended as: ${list(ends)}`);
console.log(`refused for: ${list(faults)}`);
const decoded = (totals.get("decoded") ?? 0) / done;
if (decoded < 0.2) {
  console.error(`expected at least 20 % of the mutants to pass the decoder, got ${(100 * decoded).toFixed(1)} %`);
  process.exit(1);
}

function share(count: number): string {
  return `${((100 * count) / done).toFixed(1).padStart(5)} %  (${count.toLocaleString("en-US")})`;
}

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .toSorted((left, right) => right[1] - left[1])
    .map(([key, count]) => `${key} ${count}`)
    .join(", ");
}

function seconds(): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`${name}: expected a positive integer, got ${text}`);
  process.exit(2);
}
