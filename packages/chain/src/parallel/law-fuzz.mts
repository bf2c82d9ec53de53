/** `npx pnpm fuzz scheduler`: random blocks serially and on threads. Ends with 1 at the first that comes out otherwise. */
import { parseArgs } from "node:util";
import { checkChain } from "./check-chain.mts";
import { buildLawContracts } from "./law-contracts.mts";
import { LawCounts } from "./law-counts.mts";
import { createLawWorld } from "./law-world.mts";

const { values } = parseArgs({
  options: {
    blocks: { type: "string", default: "5000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "1" },
    times: { type: "string", default: "1" },
    /** Before Cancun SELFDESTRUCT takes contracts away whoever made them, storage and all. */
    hardfork: { type: "string", default: "osaka" },
  },
});
const [blocks, seed, from, times] = [positive("blocks"), positive("seed"), positive("from"), positive("times")];
/** Blocks of one seed: the state of a block that fails is there again in no time. */
const chainLength = 25;

const contracts = await buildLawContracts();
const hardfork = (["osaka", "shanghai"] as const).find((name) => name === values.hardfork);
if (hardfork === undefined) {
  console.error(`--hardfork: expected osaka or shanghai, got ${values.hardfork}`);
  process.exit(2);
}
const world = await createLawWorld(contracts, 4, hardfork);
const counts = new LawCounts();
for (let done = 0, next = seed; done < blocks; done += chainLength, next++) {
  const broken = await checkChain(world, contracts, counts, { seed: next, blocks: Math.min(chainLength, blocks - done), from, times });
  if (broken !== undefined) {
    console.error(broken.report);
    process.exit(1);
  }
  if ((done / chainLength) % 20 === 19) console.log(`${done + chainLength} blocks, seeds ${seed} to ${next}`);
}
console.log(counts.describe());
await world.close();

function positive(name: "blocks" | "seed" | "from" | "times"): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${name}: expected a positive integer, got ${values[name]}`);
  process.exit(2);
}
