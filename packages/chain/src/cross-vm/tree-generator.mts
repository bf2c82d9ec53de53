// Random trees, seeded and shrinkable: deep ones that pass through all VMs, wide ones, with every way to fail.
import * as fc from "fast-check";
import { indicesOf, statefulAccounts } from "./tree-accounts.mts";
import type { DrawnCall, DrawnNode, DrawnOp } from "./tree-plan.mts";
import { dataLamports } from "./tree-world.mts";
import type { TreeEnd, TreeVm } from "./tree-script.mts";

/** A tree and the transaction that plays it. */
export interface DrawnTree {
  readonly root: DrawnNode;
  /** Whether the wallet's gas limit is whatever suffices, or this part of 256 of it. */
  readonly share: number | undefined;
  /** Whether a Solana transaction plays it. */
  readonly isSolana: boolean;
  /** What a second instruction of the Solana transaction plays. */
  readonly second: DrawnNode | undefined;
  /** Which of the rates of compute units to gas the chain has. */
  readonly rate: number;
}

/** Compute units for gas: one for one, more and fewer, none of which divides evenly. */
export const treeRates = [
  { units: 1n, gas: 1n },
  { units: 3n, gas: 2n },
  { units: 1n, gas: 3n },
] as const;

const vm = fc.constantFrom<TreeVm>("evm", "wasm", "svm");
const byte = fc.integer({ min: 0, max: 255 });
const small = fc.integer({ min: 1, max: 200 });
/** A few of them more often, so that what one frame holds another one pays. */
const account = fc.oneof(
  { weight: 2, arbitrary: fc.nat(statefulAccounts - 1) },
  { weight: 1, arbitrary: fc.constantFrom(...indicesOf("data").slice(0, 3), ...indicesOf("signer")) },
);
const wei = fc.oneof(
  { weight: 20, arbitrary: fc.constant(0n) },
  { weight: 8, arbitrary: fc.bigInt({ min: 1n, max: 300n }) },
  { weight: 6, arbitrary: fc.bigInt({ min: 10n ** 9n, max: 5n * 10n ** 9n }) },
  { weight: 1, arbitrary: fc.constant(9n * 10n ** 18n) },
);

/** Seldom all that a data account has, or so much that it lacks its rent. */
const moved = fc.oneof(
  { weight: 14, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(dataLamports, dataLamports - 700_000) },
);

const leaf: fc.Arbitrary<DrawnOp> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constant("write" as const), target: fc.nat(31), add: small }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("remember" as const), target: fc.nat(3), add: small }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("note" as const), topic: byte }) },
  { weight: 2, arbitrary: fc.constant({ op: "context" as const }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom("look" as const, "read" as const), account }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant("spend" as const), to: account, lamports: fc.integer({ min: 1, max: 2_000_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("move" as const),
      target: fc.nat(31),
      to: account,
      lamports: moved,
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant("pay" as const), to: account, wei }) },
);

const end: fc.Arbitrary<TreeEnd> = fc.oneof(
  { weight: 24, arbitrary: fc.nat(6).map((words) => ({ end: "return" as const, words })) },
  { weight: 1, arbitrary: fc.integer({ min: 126, max: 129 }).map((words) => ({ end: "return" as const, words })) },
  { weight: 3, arbitrary: fc.nat(4).map((words) => ({ end: "revert" as const, words })) },
  { weight: 2, arbitrary: fc.constantFrom<0 | 1>(0, 1).map((rule) => ({ end: "halt" as const, rule })) },
  { weight: 1, arbitrary: fc.constant({ end: "burn" as const }) },
);

const holds = fc.array(fc.record({ account, isSigner: fc.constant(false), isWritable: fc.boolean() }), { maxLength: 4 });
const gas = fc.oneof(
  { weight: 40, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.nat(30_000) },
  { weight: 2, arbitrary: fc.nat(300_000) },
);
const scheme = fc.oneof(
  { weight: 6, arbitrary: fc.constant("call" as const) },
  { weight: 7, arbitrary: fc.constant("try" as const) },
  { weight: 4, arbitrary: fc.constant("direct" as const) },
  { weight: 1, arbitrary: fc.constant("static" as const) },
);
const sender = fc.constantFrom("pda" as const, "wallet" as const, "caller" as const, "nobody" as const);
const seldom = fc.nat(7).map((number) => number === 7);

function callOf(node: fc.Arbitrary<DrawnNode>): fc.Arbitrary<DrawnCall> {
  return fc.record({ op: fc.constant("call" as const), node, scheme, wei, gas, propagates: seldom, sender, passes: fc.nat(255) });
}

function nodeOf(ops: fc.Arbitrary<readonly DrawnOp[]>, ends: fc.Arbitrary<TreeEnd> = end): fc.Arbitrary<DrawnNode> {
  return fc.record({ vm, choice: fc.nat(11), isFresh: fc.nat(15).map((number) => number > 0), ops, end: ends, holds });
}

/** Nodes with at most so many levels of calls below. */
const wide = fc.memo((levels): fc.Arbitrary<DrawnNode> => {
  const op = levels <= 1 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 2, arbitrary: callOf(wide(levels - 1)) });
  return nodeOf(fc.array(op, { maxLength: 3 }));
});

/** Nodes with a call of the next level for certain. */
const deep = fc.memo((levels): fc.Arbitrary<DrawnNode> => {
  if (levels <= 1) return wide(2);
  const before = fc.array(leaf, { maxLength: 2 });
  const after = fc.array(fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: callOf(wide(1)) }), { maxLength: 2 });
  return nodeOf(fc.tuple(before, callOf(deep(levels - 1)), after).map(([first, below, last]) => [...first, below, ...last]));
});

/** Trees: most of them deep. */
export const tree: fc.Arbitrary<DrawnTree> = fc.record({
  root: fc.oneof(
    { weight: 1, arbitrary: wide(4) },
    { weight: 5, arbitrary: fc.oneof(deep(4), deep(6), deep(8), deep(10)) },
    { weight: 1, arbitrary: fc.oneof(deep(13), deep(15)) },
  ),
  rate: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.constant(2) },
  ),
  second: fc.option(fc.oneof(wide(2), deep(3)), { nil: undefined, freq: 4 }),
  isSolana: fc.nat(3).map((number) => number === 3),
  share: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(255) }),
});
