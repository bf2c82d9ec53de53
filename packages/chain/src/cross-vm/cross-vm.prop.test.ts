// Random trees of calls over all three VMs, against a plain model that applies only what survives; and what failures look like.
import { readFileSync, writeFileSync } from "node:fs";
import { emptyBytes, gasLeftOf, type ExecutionResult } from "@trireme/core";
import { beforeAll, describe, expect, it } from "vitest";
import { checkTrees, createTreeWorlds } from "./check-trees.mts";
import { failureTable } from "./failure-table.mts";
import type { TracedFrame } from "./frame-trace.mts";
import { senderWallet } from "./tree-accounts.mts";
import { buildTreeContracts } from "./tree-contracts.mts";
import { PlayCounts } from "./tree-counts.mts";
import { checkGas } from "./tree-gas.mts";
import { plants } from "./tree-play.mts";
import { planTree, type DrawnNode, type DrawnOp } from "./tree-plan.mts";
import { ethereumTransaction, type TreeWorld } from "./tree-world.mts";

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
    "second instructions": [counts.secondInstructions, 2],
    "wallets that call a program": [counts.walletCalls, 15],
    frames: [counts.frames, 400],
    "unwound by a frozen account": [counts.unwound, 6],
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
    "accounts left without their rent": [counts.failed((_, reason) => reason === "InsufficientFundsForRent"), 0.2],
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
    expect(checkTrees(worlds, { runs: 1_000, seed, isAsDrawn: true }, planted)?.report).toMatch(/^tree \d+ of seed/);
  });

  it("and so is gas that comes from nowhere", () => {
    const call: DrawnOp = {
      op: "call",
      node: { vm: "svm", choice: 0, isFresh: false, ops: [], end: { end: "return", words: 1 }, holds: [] },
      scheme: "call",
      wei: 0n,
      gas: undefined,
      propagates: false,
      sender: "nobody",
      passes: 0,
    };
    const root = planTree(
      { vm: "wasm", choice: 0, isFresh: false, ops: [call], end: { end: "return", words: 1 }, holds: [] },
      senderWallet,
    );
    const played = (worlds[1] as TreeWorld).playEthereum(ethereumTransaction(root, 2_000_000n));
    const frame = played.traced[0] as TracedFrame;
    const gateway = frame.children[0] as TracedFrame;
    const changed = (each: TracedFrame, gas: bigint): ExecutionResult => ({
      kind: "success",
      gasLeft: gasLeftOf(each.result) + gas,
      gasRefund: 0n,
      output: emptyBytes,
    });
    expect(() => checkGas(frame)).not.toThrow();
    const more = { ...frame, result: changed(frame, frame.message.gas - gasLeftOf(frame.result)) };
    expect(() => checkGas(more)).toThrow("no more gas for its calls than it used");
    // One gas more than the gateway and the program together can have left.
    const program = gateway.children[0] as TracedFrame;
    const generous = { ...gateway, children: [program], result: changed(program, gateway.message.gas - program.message.gas + 1n) };
    expect(() => checkGas({ ...frame, children: [generous] })).toThrow("no more gas for its calls than it used");
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
