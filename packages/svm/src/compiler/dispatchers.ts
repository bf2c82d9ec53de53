/** Loops with several entries get one: a dispatcher that all edges to the entries go through, with a label that names the entry. */

/** Dispatchers of a function. */
export interface Dispatchers {
  readonly nodes: readonly { readonly node: number; readonly targets: readonly number[] }[];
  /** By target: the dispatchers on the way to it, in order. */
  readonly via: ReadonlyMap<number, readonly number[]>;
  /** By target: its label. */
  readonly labelOf: ReadonlyMap<number, number>;
}

/** Where an edge from `node` to `target` leads first. */
export function nextHop({ via }: Dispatchers, node: number, target: number): number {
  const stops = via.get(target);
  if (stops === undefined) return target;
  return stops[stops.indexOf(node) + 1] ?? target;
}

/** Work after which a graph is given one dispatcher for all its merges instead of one per loop. */
const workPerNode = 64;

/** Makes the graph reducible: appends dispatchers to `successors` and leads edges through them. */
export function addDispatchers(successors: number[][], order: readonly number[]): Dispatchers {
  const original = successors.map((list) => [...list]);
  const via = new Map<number, number[]>();
  const nodes: { node: number; targets: number[] }[] = [];
  const dispatchers: Dispatchers = { nodes, via, labelOf: new Map() };
  const labels = dispatchers.labelOf as Map<number, number>;
  const lead = (targets: readonly number[], sources: Iterable<number>): void => {
    const node = successors.length;
    nodes.push({ node, targets: [...targets] });
    const isTarget = new Set(targets);
    for (const source of sources) successors[source] = successors[source]!.map((target) => (isTarget.has(target) ? node : target));
    successors.push([...targets]);
    for (const target of targets) {
      const stops = via.get(target);
      if (stops === undefined) via.set(target, [node]);
      else stops.push(node);
      if (!labels.has(target)) labels.set(target, labels.size);
    }
  };
  let work = workPerNode * order.length + 1000;
  const queue: number[][] = [[...order]];
  for (let set = queue.pop(); set !== undefined; set = queue.pop()) {
    work -= set.length;
    if (work < 0) break;
    const inSet = new Set(set);
    for (const component of stronglyConnected(successors, set, inSet)) {
      const members = new Set(component);
      const entries = new Set<number>();
      successors.forEach((list, node) => {
        if (members.has(node)) return;
        for (const target of list) if (members.has(target)) entries.add(target);
      });
      work -= successors.length;
      if (entries.size === 1) {
        const [header] = entries;
        queue.push(component.filter((node) => node !== header));
        continue;
      }
      lead([...entries], [...successors.keys()]);
      queue.push(component);
    }
  }
  if (work >= 0) return dispatchers;
  successors.length = 0;
  successors.push(...original);
  return addOneDispatcher(successors);
}

/** One dispatcher for the entry, which is the first node, and for all merges: reducible whatever the graph was. */
export function addOneDispatcher(successors: number[][]): Dispatchers {
  const indegree = new Int32Array(successors.length);
  for (const list of successors) for (const target of list) indegree[target]!++;
  const node = successors.length;
  const targets = [...indegree.keys()].filter((target) => target === 0 || indegree[target]! > 1);
  const isTarget = new Set(targets);
  successors.forEach((list, source) => (successors[source] = list.map((target) => (isTarget.has(target) ? node : target))));
  successors.push(targets);
  return {
    nodes: [{ node, targets }],
    via: new Map(targets.map((target) => [target, [node]])),
    labelOf: new Map(targets.map((target, label) => [target, label])),
  };
}

/** Components with a cycle, after Tarjan, without recursion. */
function stronglyConnected(successors: readonly (readonly number[])[], set: readonly number[], inSet: ReadonlySet<number>): number[][] {
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const onStack = new Set<number>();
  const stack: number[] = [];
  const found: number[][] = [];
  for (const start of set) {
    if (index.has(start)) continue;
    const path = [start];
    const progress = [0];
    while (path.length > 0) {
      const top = path.length - 1;
      const node = path[top]!;
      if (progress[top] === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node)!);
        stack.push(node);
        onStack.add(node);
      }
      const successor = successors[node]![progress[top]!++];
      if (successor !== undefined) {
        if (!inSet.has(successor)) continue;
        if (!index.has(successor)) {
          path.push(successor);
          progress.push(0);
        } else if (onStack.has(successor)) low.set(node, Math.min(low.get(node)!, index.get(successor)!));
        continue;
      }
      path.pop();
      progress.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent)!, low.get(node)!));
      if (low.get(node) !== index.get(node)) continue;
      const component: number[] = [];
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        onStack.delete(member);
        component.push(member);
        if (member === node) break;
      }
      if (component.length > 1 || successors[node]!.includes(node)) found.push(component);
    }
  }
  return found;
}
