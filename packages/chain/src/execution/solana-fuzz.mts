/** `npx pnpm fuzz svm-transactions`: more sequences and more damage than the tests try. Ends with 1 at the first difference to litesvm. */
import { parseArgs } from "node:util";
import { runDamaged } from "./solana-damage.mts";
import { describeSequences, runSequence, sumSequences } from "./solana-sequence.mts";

const { values } = parseArgs({
  options: {
    sequences: { type: "string", default: "100" },
    length: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
  },
});
const [sequences, length, seed] = [positive("sequences"), positive("length"), positive("seed")];

const reports = [];
for (let index = 0; index < sequences; index++) {
  const engine = index % 2 === 0 ? "compiler" : "interpreter";
  const report = runSequence(seed + index, length, engine);
  const damage = runDamaged(seed + index, length, engine);
  reports.push(report);
  const difference = report.difference ?? damage.difference;
  if (difference !== undefined) {
    console.error(`${difference}\nagain: npx pnpm fuzz svm-transactions --seed ${seed + index} --length ${length} --sequences 1`);
    process.exit(1);
  }
  if (index % 10 === 9) console.log(`${index + 1} sequences, and as many of damaged transactions`);
}
console.log(describeSequences(sumSequences(reports)));

function positive(name: "sequences" | "length" | "seed"): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${name}: expected a positive integer, got ${values[name]}`);
  process.exit(2);
}
