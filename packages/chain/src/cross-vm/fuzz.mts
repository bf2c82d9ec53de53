/** `npx pnpm fuzz cross-vm`: more call trees than the test plays. Ends with 1 at the first that the chain and the model differ about. */
import { parseArgs } from "node:util";
import { checkTrees, createTreeWorlds } from "./check-trees.mts";
import { buildTreeContracts } from "./tree-contracts.mts";
import { PlayCounts } from "./tree-counts.mts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "20000" }, seed: { type: "string", default: "1" } } });
const [runs, seed] = [positive("runs"), positive("seed")];
/** Trees of one seed: a failure is found again in less than a minute. */
const atOnce = 2_000;

const worlds = createTreeWorlds(await buildTreeContracts());
const counts = new PlayCounts();
for (let done = 0, next = seed; done < runs; done += atOnce, next++) {
  const failed = checkTrees(worlds, { runs: Math.min(atOnce, runs - done), seed: next }, { counts });
  if (failed !== undefined) {
    console.error(`${failed.report}\nagain: npx pnpm fuzz cross-vm --seed ${next} --runs ${atOnce}`);
    process.exit(1);
  }
  console.log(`${Math.min(runs, done + atOnce)} trees, seeds ${seed} to ${next}`);
}
console.log(counts.describe());

function positive(name: "runs" | "seed"): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${name}: expected a positive integer, got ${values[name]}`);
  process.exit(2);
}
