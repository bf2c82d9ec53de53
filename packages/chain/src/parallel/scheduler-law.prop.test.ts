// Law 4 on real threads: whatever the block, the threads and their delays, it is what running it serially gives.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkChain, type BrokenLaw } from "./check-chain.mts";
import { buildLawContracts, type LawContracts } from "./law-contracts.mts";
import { LawCounts } from "./law-counts.mts";
import { createLawWorld, type LawWorld } from "./law-world.mts";

/** `npx pnpm fuzz scheduler` runs more of them. */
const blocks = Number(process.env["TRIREME_LAW_BLOCKS"] ?? 1_000);
const firstSeed = Number(process.env["TRIREME_LAW_SEED"] ?? 1);
const chainLength = 25;

let contracts: LawContracts;
let world: LawWorld;
beforeAll(async () => {
  contracts = await buildLawContracts();
  world = await createLawWorld(contracts, 4);
}, 120_000);
afterAll(() => world.close());

it(`${blocks} random mixed blocks are on 1 to 4 threads what they are serially`, { timeout: 300_000 }, async () => {
  const counts = new LawCounts();
  for (let done = 0, seed = firstSeed; done < blocks; done += chainLength, seed++) {
    const broken = await checkChain(world, contracts, counts, { seed, blocks: Math.min(chainLength, blocks - done) });
    expect(broken?.report).toBeUndefined();
  }
  console.info(`seeds from ${firstSeed}: ${counts.describe()}`);
  // What the generator may not lose, however it changes; by hundred blocks.
  const floors: Readonly<Record<string, readonly [seen: number, least: number]>> = {
    "blocks of over 100 transactions": [counts.large, 4],
    "run again without declared contention": [counts.aborts.some, 40],
    "run again where all want the same": [counts.aborts.hot, 40],
    ...Object.fromEntries(
      [...counts.kinds].map(
        ([kind, { succeeded, failed, feeOnly, skipped }]) => [kind, [succeeded + failed + feeOnly + skipped, 8]] as const,
      ),
    ),
  };
  const tooFew = Object.entries(floors).filter(([, [seen, least]]) => seen < (least * blocks) / 100);
  expect(tooFew).toEqual([]);
  expect(counts.shared).toBeGreaterThanOrEqual(0.9 * counts.large);
});

it(
  "100 blocks of a chain before Cancun, whose contracts can be destroyed and made again, are the same too",
  { timeout: 120_000 },
  async () => {
    const older = await createLawWorld(contracts, 2, "shanghai");
    try {
      const counts = new LawCounts();
      for (let seed = 1; seed <= 4; seed++) {
        const broken = await checkChain(older, contracts, counts, { seed, blocks: chainLength });
        expect(broken?.report).toBeUndefined();
      }
      expect(counts.kinds.get("destroy")?.succeeded).toBeGreaterThan(10);
    } finally {
      await older.close();
    }
  },
);

describe("what is planted in the threads' work breaks the law within 1,000 blocks", () => {
  it.each(["skipsValidation", "endsEarly", "publishesLate", "losesEstimates"] as const)("%s", { timeout: 120_000 }, async (fault) => {
    const counts = new LawCounts();
    let broken: BrokenLaw | undefined;
    for (let seed = 1; counts.blocks < 1_000 && broken === undefined; seed++)
      broken = await checkChain(world, contracts, counts, { seed, blocks: chainLength, faults: { [fault]: true }, isAsDrawn: true });
    expect(broken?.report).toMatch(/^block \d+ of seed/);
    console.info(`${fault}: found in block ${counts.blocks + 1}`);
  });

  it(
    "but not that no estimate is marked: whoever read what did not stay runs again when it is committed",
    { timeout: 120_000 },
    async () => {
      const counts = new LawCounts();
      for (let seed = 1; seed <= 4; seed++) {
        const broken = await checkChain(world, contracts, counts, { seed, blocks: chainLength, faults: { marksNoEstimates: true } });
        expect(broken?.report).toBeUndefined();
      }
      expect(counts.aborts.hot).toBeGreaterThan(0);
    },
  );
});
