// Makes a failing tree small: nodes are left out, lifted and made plain as long as what remains still fails.
import type { DrawnCall, DrawnNode, DrawnOp } from "./tree-plan.mts";
import type { DrawnTree } from "./tree-generator.mts";

/** The smallest tree found, from `tree` on, for which `fails` holds. */
export function shrinkTree(tree: DrawnTree, fails: (tree: DrawnTree) => boolean): DrawnTree {
  let smallest = tree;
  for (let budget = 3_000; budget > 0;) {
    let next: DrawnTree | undefined;
    for (const candidate of smallerTrees(smallest)) {
      if (--budget < 0) break;
      if (!fails(candidate)) continue;
      next = candidate;
      break;
    }
    if (next === undefined) break;
    smallest = next;
  }
  return smallest;
}

/** Trees that are one step smaller, the boldest steps first. */
function* smallerTrees(tree: DrawnTree): Iterable<DrawnTree> {
  for (const root of smallerNodes(tree.root)) yield { ...tree, root };
  if (tree.second !== undefined) {
    yield { ...tree, second: undefined };
    yield { ...tree, root: tree.second, second: undefined };
    for (const second of smallerNodes(tree.second)) yield { ...tree, second };
  }
  if (tree.share !== undefined) yield { ...tree, share: undefined };
  if (tree.isSolana) yield { ...tree, isSolana: false };
  if (tree.rate > 0) yield { ...tree, rate: 0 };
}

function* smallerNodes(node: DrawnNode): Iterable<DrawnNode> {
  const { ops, end, holds } = node;
  for (const op of ops) if (op.op === "call") yield op.node;
  for (let place = 0; place < ops.length; place++) yield { ...node, ops: ops.toSpliced(place, 1) };
  for (const [place, op] of ops.entries())
    for (const smaller of smallerOps(op)) yield { ...node, ops: ops.toSpliced(place, 1, ...smaller) };
  if (end.end !== "return" || end.words > 0) yield { ...node, end: { end: "return", words: 0 } };
  for (let place = 0; place < holds.length; place++) yield { ...node, holds: holds.toSpliced(place, 1) };
  if (node.vm !== "evm") yield { ...node, vm: "evm" };
  if (node.choice > 0) yield { ...node, choice: 0 };
}

/** What may stand for an operation; a call gives way to those of its callee, too. */
function* smallerOps(op: DrawnOp): Iterable<readonly DrawnOp[]> {
  if (op.op !== "call") return;
  for (const below of op.node.ops) if (below.op === "call") yield [below];
  for (const node of smallerNodes(op.node)) yield [{ ...op, node }];
  for (const plain of plainer(op)) yield [{ ...op, ...plain }];
}

function* plainer(call: DrawnCall): Iterable<Partial<DrawnCall>> {
  if (call.wei > 0n) yield { wei: 0n };
  if (call.gas !== undefined) yield { gas: undefined };
  if (call.propagates) yield { propagates: false };
  if (call.passes > 0) yield { passes: 0 };
  if (call.scheme !== "call") yield { scheme: "call" };
}
