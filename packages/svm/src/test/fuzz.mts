/**
 * `npx pnpm fuzz svm`: more programs on both engines than the tests try. Ends with 1 where the engines disagree. With
 * `--hostile` it measures programs that are made to cost much, and ends with 1 where one costs too much.
 */
import { parseArgs } from "node:util";
import { fuzzEngines } from "./fuzz-engines.ts";
import { measureHostilePrograms } from "./hostile.mts";

/** Programs between two lines that say how far it is. */
const step = 1000;

const { values } = parseArgs({
  options: {
    programs: { type: "string", default: "10000" },
    "every-budget": { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    hostile: { type: "boolean", default: false },
  },
});
const programs = positive("--programs", values.programs);
const everyBudget = positive("--every-budget", values["every-budget"]);
const seed = positive("--seed", values.seed);
if (values.hostile) {
  const beyond = measureHostilePrograms(seed);
  if (beyond > 0) console.error(`${beyond} programs take more than a second of CPU time or 64 MiB`);
  process.exit(beyond === 0 ? 0 : 1);
}
/** Seeds of a part begin here, so that parts do not meet. */
const seedStep = 1_000_000;

const start = performance.now();
const ends = new Map<string, number>();
let done = 0;
let swept = 0;
let runs = 0;
for (let part = 0; done < programs || swept < everyBudget; part++) {
  const report = fuzzEngines(Math.min(step, programs - done), Math.min(step / 10, everyBudget - swept), seed + part * seedStep);
  done += report.programs;
  swept += report.programsAtEveryBudget;
  runs += report.runsAtEveryBudget;
  for (const [kind, count] of Object.entries(report.ends)) ends.set(kind, (ends.get(kind) ?? 0) + count);
  if (report.violation !== undefined) {
    console.error(`${report.violation}\nagain: npx pnpm fuzz svm --seed ${seed + part * seedStep}`);
    process.exit(1);
  }
  console.log(`${done} programs, ${swept} of them with every budget (${runs} runs), ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
const list = [...ends].toSorted((left, right) => right[1] - left[1]).map(([kind, count]) => `${kind} ${count}`);
console.log(`the engines agree; with units to spare programs ended as: ${list.join(", ")}`);

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`${name}: expected a positive integer, got ${text}`);
  process.exit(2);
}
