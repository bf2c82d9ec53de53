// Random trees of calls over all three VMs, against a plain model that applies only what survives.
import * as fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { playTree } from "./play-tree.mts";
import { buildTreeContracts } from "./tree-contracts.mts";
import { PlayCounts } from "./tree-counts.mts";
import { tree } from "./tree-generator.mts";
import { createTreeWorld, type TreeWorld } from "./tree-world.mts";

const runs = Number(process.env["TRIREME_CALL_TREES"] ?? 200);
const seed = Number(process.env["TRIREME_CALL_TREES_SEED"] ?? 1);

let world: TreeWorld;
beforeAll(async () => {
  const start = performance.now();
  const contracts = await buildTreeContracts();
  console.log(`built in ${performance.now() - start}`, contracts.evm.length, contracts.wasm.length, contracts.elf.length);
  world = createTreeWorld(contracts, { units: 1n, gas: 1n });
});

it(`${runs} random call trees do what the model says`, () => {
  const counts = new PlayCounts();
  const start = performance.now();
  fc.assert(
    fc.property(tree, (drawn) => playTree(world, drawn, { counts })),
    { numRuns: runs, seed, ...(process.env["TREE_PATH"] === undefined ? {} : { path: process.env["TREE_PATH"] }) },
  );
  console.log(performance.now() - start, counts);
  expect(counts.trees).toBe(runs);
}, 120_000);
