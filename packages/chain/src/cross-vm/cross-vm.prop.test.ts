// Random trees of calls over all three VMs, against a plain model that applies only what survives; and what failures look like.
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { checkTrees, createTreeWorlds } from "./check-trees.mts";
import { failureTable } from "./failure-table.mts";
import { buildTreeContracts } from "./tree-contracts.mts";
import { PlayCounts } from "./tree-counts.mts";
import { plants } from "./tree-play.mts";
import type { DrawnNode } from "./tree-plan.mts";
import type { TreeWorld } from "./tree-world.mts";

/** `npx pnpm fuzz cross-vm` plays more of them. */
const runs = Number(process.env["TRIREME_CALL_TREES"] ?? 2_000);
const seed = Number(process.env["TRIREME_CALL_TREES_SEED"] ?? 1);

let worlds: readonly TreeWorld[];
beforeAll(async () => {
  worlds = createTreeWorlds(await buildTreeContracts());
});

it(`${runs} random call trees do what the model says`, { timeout: 300_000 }, () => {
  const counts = new PlayCounts();
  const failed = checkTrees(worlds, { runs, seed }, { counts });
  expect(failed?.report).toBeUndefined();
  console.info(`seed ${seed}: ${counts.describe()}`);
  // What the generator may not lose, however it changes; by hundred trees.
  const floors: Readonly<Record<string, readonly [seen: number, least: number]>> = {
    "4 frames deep with all three VMs": [counts.mixedTrees, 35],
    "by Solana transactions": [counts.solanaTrees, 15],
    frames: [counts.frames, 400],
    "unwound by a frozen account": [counts.unwound, 4],
    "caught by a try": [counts.tries, 10],
    "a call gateway's or program's own error": [counts.failed((vm, reason) => vm === "svm" && /^[A-Z]/.test(reason)), 15],
    "EVM frames out of gas": [counts.failed((vm, reason) => vm === "evm" && reason === "outOfGas"), 4],
    "WASM frames out of gas": [counts.failed((vm, reason) => vm === "wasm" && reason === "outOfGas"), 4],
    "programs out of units": [
      counts.failed((_, reason) => reason === "ExceededMaxInstructions" || reason === "ComputationalBudgetExceeded"),
      2,
    ],
    "writes in static frames": [counts.failed((_, reason) => /writeProtection|^Readonly/.test(reason)), 5],
    "EVM reverts": [counts.failed((vm, reason) => vm === "evm" && reason === "revert"), 10],
    "WASM reverts": [counts.failed((vm, reason) => vm === "wasm" && reason === "revert"), 10],
    "rules broken": [counts.failed((_, reason) => /invalidOpcode|stackOverflow|AccessViolation/.test(reason)), 10],
    "programs entered again": [counts.failed((_, reason) => reason === "ReentrancyNotAllowed"), 0.5],
  };
  const tooFew = Object.entries(floors).filter(([, [seen, least]]) => seen < (least * runs) / 100);
  expect(tooFew).toEqual([]);
  expect(counts.deepest).toBeGreaterThanOrEqual(14);
  const vms = ["evm", "wasm", "svm"];
  const directions = vms.flatMap((from) => vms.map((to) => `${from} to ${to}`));
  expect(directions.filter((direction) => (counts.crossings.get(direction) ?? 0) < runs / 10)).toEqual([]);
});

describe("an error in the model is found, where it is", () => {
  it.each(plants)("%s", (plant) => {
    const planted = { counts: new PlayCounts(), plants: new Set([plant]) };
    expect(checkTrees(worlds, { runs: 500, seed, isAsDrawn: true }, planted)?.report).toMatch(/^tree \d+ of seed/);
  });

  it("and the tree that shows it is made small", () => {
    const planted = { counts: new PlayCounts(), plants: new Set(["frozen accounts may be paid"] as const) };
    const failed = checkTrees(worlds, { runs: 500, seed }, planted);
    // Who calls the program, the program that holds an account, who pays to it: and no more.
    expect(nodesOf(failed?.tree.root)).toBeLessThanOrEqual(5);
  });
});

function nodesOf(node: DrawnNode | undefined): number {
  if (node === undefined) return Infinity;
  return node.ops.reduce((sum, op) => sum + (op.op === "call" ? nodesOf(op.node) : 0), 1);
}

/** TRIREME_WRITE_TABLES=1 writes it anew. */
it("docs/spec/failure-table.md tells what a caller sees of a callee that fails, for every pair of VMs", () => {
  const file = new URL("../../../../docs/spec/failure-table.md", import.meta.url);
  const table = failureTable(worlds[0] as TreeWorld);
  const text = readFileSync(file, "utf8");
  const start = text.indexOf("| call");
  if (process.env["TRIREME_WRITE_TABLES"] === "1") writeFileSync(file, `${text.slice(0, start)}${table}\n`);
  else expect(cellsOf(text.slice(start))).toEqual(cellsOf(table));
});

/** Without the blanks by which a formatter lines columns up. */
function cellsOf(table: string): readonly string[][] {
  return table
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim().replace(/^-+$/, "---")));
}
