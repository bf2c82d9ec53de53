/** The control flow of one function as structured code needs it: order, dominators, loops, merges. */
import { addDispatchers, addOneDispatcher, type Dispatchers } from "./dispatchers.ts";
import { blockEnd, outOfText, type Regions } from "./regions.ts";

/**
 * Nodes: the function's blocks by their order, then the node before its entry, then dispatchers. A graph is reducible:
 * every loop has one header, which dominates it.
 */
export interface FlowGraph {
  readonly blockCount: number;
  /** The node before the entry, with nothing in it. */
  readonly root: number;
  readonly dispatchers: Dispatchers;
  /** Position in reverse postorder, -1 where unreachable. */
  readonly position: Int32Array;
  /** Children in the dominator tree that several edges lead to, last in order first. */
  readonly merges: readonly (readonly number[])[];
  readonly isMerge: Uint8Array;
  readonly isLoop: Uint8Array;
}

/** The graph of function `f`. */
export function flowGraph(regions: Regions, f: number): FlowGraph {
  const first = regions.firstBlock[f]!;
  const blockCount = regions.firstBlock[f + 1]! - first;
  const successors: number[][] = [];
  for (let block = first; block < first + blockCount; block++) {
    const end = regions.blockEnd[block]!;
    const list: number[] = [];
    const [next, taken] = [regions.next[block]!, regions.taken[block]!];
    if ((end === blockEnd.goto || end === blockEnd.branch) && next >= 0 && next !== outOfText) list.push(next - first);
    if (end === blockEnd.branch && taken >= 0) list.push(taken - first);
    successors.push(list);
  }
  const root = blockCount;
  successors.push([0]);
  let order = reversePostorder(successors, root);
  let position = positions(order, successors.length);
  let dominators = dominatorsOf(successors, order, position);
  let dispatchers: Dispatchers = { nodes: [], via: new Map(), labelOf: new Map() };
  const renumber = (): void => {
    order = reversePostorder(successors, root);
    position = positions(order, successors.length);
    dominators = dominatorsOf(successors, order, position);
  };
  const before = successors.map((list) => [...list]);
  if (dominators !== undefined && !isReducible(successors, order, position, dominators)) {
    dispatchers = addDispatchers(successors, order);
    renumber();
  }
  if (dominators === undefined) {
    successors.length = 0;
    successors.push(...before);
    dispatchers = addOneDispatcher(successors);
    renumber();
  }
  const parents = dominators ?? positions([], 0);
  const count = successors.length;
  const isLoop = new Uint8Array(count);
  const isMerge = new Uint8Array(count);
  const forward = new Int32Array(count);
  for (const node of order) {
    for (const successor of successors[node]!) {
      if (position[successor]! <= position[node]!) isLoop[successor] = 1;
      else if (++forward[successor]! > 1) isMerge[successor] = 1;
    }
  }
  for (const { node } of dispatchers.nodes)
    for (const target of successors[node]!) if (position[target]! > position[node]!) isMerge[target] = 1;
  const merges: number[][] = Array.from({ length: count }, () => []);
  for (let index = order.length - 1; index > 0; index--) {
    const node = order[index]!;
    if (isMerge[node] === 1) merges[parents[node]!]!.push(node);
  }
  return { blockCount, root, dispatchers, position, merges, isMerge, isLoop };
}

/** Depth first, without recursion: a function may be one chain of thousands of blocks. */
function reversePostorder(successors: readonly (readonly number[])[], root: number): number[] {
  const seen = new Uint8Array(successors.length);
  const order: number[] = [];
  const stack = [root];
  const progress = [0];
  seen[root] = 1;
  while (stack.length > 0) {
    const top = stack.length - 1;
    const node = stack[top]!;
    const successor = successors[node]![progress[top]!];
    if (successor === undefined) {
      order.push(node);
      stack.pop();
      progress.pop();
      continue;
    }
    progress[top]!++;
    if (seen[successor] === 1) continue;
    seen[successor] = 1;
    stack.push(successor);
    progress.push(0);
  }
  return order.reverse();
}

function positions(order: readonly number[], count: number): Int32Array {
  const position = new Int32Array(count).fill(-1);
  order.forEach((node, index) => (position[node] = index));
  return position;
}

/** Steps per node after which a graph is too wild for dominators. */
const stepsPerNode = 256;

/** Immediate dominators after Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm"; nothing if they take too long. */
function dominatorsOf(successors: readonly (readonly number[])[], order: readonly number[], position: Int32Array): Int32Array | undefined {
  let steps = stepsPerNode * order.length + 10_000;
  const predecessors: number[][] = successors.map(() => []);
  for (const node of order) for (const successor of successors[node]!) predecessors[successor]!.push(node);
  const dominators = new Int32Array(successors.length).fill(-1);
  const root = order[0]!;
  dominators[root] = root;
  let isStable = false;
  while (!isStable) {
    isStable = true;
    for (let index = 1; index < order.length; index++) {
      const node = order[index]!;
      let common = -1;
      for (const predecessor of predecessors[node]!) {
        if (dominators[predecessor]! < 0) continue;
        let other = predecessor;
        if (common < 0) {
          common = other;
          continue;
        }
        if (common === root) break;
        while (common !== other) {
          if (--steps < 0) return undefined;
          if (position[common]! > position[other]!) common = dominators[common]!;
          else other = dominators[other]!;
        }
      }
      if (dominators[node] === common) continue;
      dominators[node] = common;
      isStable = false;
    }
  }
  return dominators;
}

/** Whether every edge back leads to a dominator of where it starts. */
function isReducible(
  successors: readonly (readonly number[])[],
  order: readonly number[],
  position: Int32Array,
  dominators: Int32Array,
): boolean {
  // Number of nodes below each in the dominator tree: a node's own are then numbered one after another.
  const size = new Int32Array(successors.length).fill(1);
  for (let index = order.length - 1; index > 0; index--) size[dominators[order[index]!]!]! += size[order[index]!]!;
  const enter = new Int32Array(successors.length);
  const free = new Int32Array(successors.length);
  free[order[0]!] = 1;
  for (let index = 1; index < order.length; index++) {
    const node = order[index]!;
    const parent = dominators[node]!;
    enter[node] = free[parent]!;
    free[parent]! += size[node]!;
    free[node] = enter[node]! + 1;
  }
  return order.every((node) =>
    successors[node]!.every((successor) => {
      const isForward = position[successor]! > position[node]!;
      return isForward || (enter[node]! >= enter[successor]! && enter[node]! < enter[successor]! + size[successor]!);
    }),
  );
}
