/** One function as structured code, after Ramsey, "Beyond Relooper" (ICFP 2022): the dominator tree becomes the nesting. */
import { nextHop } from "./dispatchers.ts";
import { emitCondition } from "./emit-arithmetic.ts";
import { emitBlock, emitCharge } from "./emit-block.ts";
import { emitExit, pushArguments, type CallPlan } from "./emit-call.ts";
import { emitPrologue } from "./emit-prologue.ts";
import { flowGraph } from "./flow-graph.ts";
import { constant32, fault, framePointer, getLocal, setLocal, type FunctionCode } from "./function-code.ts";
import type { Helpers } from "./helpers.ts";
import { blockEnd, outOfText, type Regions } from "./regions.ts";
import type { Signatures } from "./signatures.ts";
import { valueType, wasm } from "./wasm-codes.ts";

/** What the functions of a program have in common while they are written. */
export interface ProgramPlan {
  readonly regions: Regions;
  readonly signatures: Signatures;
  readonly helpers: Helpers;
  readonly calls: CallPlan;
  /** Goes on in function `f`, whose arguments are on the stack. */
  emitTransfer(code: FunctionCode, f: number): void;
}

/** What is left to write, innermost last. */
type Step =
  | { readonly kind: "tree"; readonly node: number }
  | { readonly kind: "edge"; readonly from: number; readonly to: number }
  | { readonly kind: "else" }
  | { readonly kind: "endLoop" }
  | { readonly kind: "end" };

/** Writes prologue and instructions of function `f`. */
export function emitFunction(code: FunctionCode, plan: ProgramPlan, f: number): void {
  const { out } = code;
  const { regions, signatures, helpers } = plan;
  const graph = flowGraph(regions, f);
  const first = regions.firstBlock[f]!;
  const { dispatchers, position, isMerge, isLoop, merges, root } = graph;
  const targetsOf = new Map(dispatchers.nodes.map(({ node, targets }) => [node, targets]));
  // Depth of the label that a forward jump to a node takes, and of the one that a loop's back edges take.
  const blockLabel = new Int32Array(position.length);
  const loopLabel = new Int32Array(position.length);
  let depth = 0;
  let loops = 0;
  const steps: Step[] = [{ kind: "tree", node: root }];

  emitPrologue(code, readsFrame(code, regions.starts[f]!, regions.starts[f + 1]!));
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if (step.kind === "tree") emitTree(step.node);
    else if (step.kind === "edge") emitEdge(step.from, step.to);
    else if (step.kind === "else") out.byte(wasm.else);
    else {
      out.byte(wasm.end);
      depth--;
      if (step.kind === "endLoop") loops--;
    }
  }
  out.byte(wasm.unreachable);

  function emitTree(node: number): void {
    if (isLoop[node] === 1) {
      open(wasm.loop);
      loopLabel[node] = depth;
      loops++;
      steps.push({ kind: "endLoop" });
    }
    const inner = merges[node]!;
    // The last one to be reached encloses the others: after each block stands the tree of its merge.
    for (const merge of inner) {
      open(wasm.block);
      blockLabel[merge] = depth;
      steps.push({ kind: "tree", node: merge }, { kind: "end" });
    }
    emitNode(node);
  }

  function emitNode(node: number): void {
    if (node === root) return emitEdge(root, 0);
    const targets = targetsOf.get(node);
    if (targets !== undefined) return emitDispatch(node, targets);
    const block = first + node;
    const [start, stop] = [regions.blockStart[block]!, regions.blockStop[block]!];
    code.isHot = loops > 0;
    emitBlock(code, helpers, plan.calls, start, stop);
    const end = regions.blockEnd[block]!;
    if (end === blockEnd.exit) emitExit(code, signatures.results[f]!, signatures.mayEnd[f] === 1);
    else if (end === blockEnd.stop) fault(code, "UnsupportedInstruction", stop - 1);
    else if (end === blockEnd.overrun) emitOverrun();
    else if (end === blockEnd.goto) emitEdge(node, local(regions.next[block]!));
    else emitBranch(node, stop - 1, local(regions.next[block]!), local(regions.taken[block]!));
  }

  /** A node's number, or what is below 0 for functions and the end of the text. */
  function local(successor: number): number {
    return successor >= 0 ? successor - first : successor;
  }

  /** Whether a single `br` follows the edge. */
  function isJump(from: number, to: number): boolean {
    if (to < 0) return false;
    const hop = nextHop(dispatchers, from, to);
    return isMerge[hop] === 1 || position[hop]! <= position[from]!;
  }

  function emitBranch(node: number, pc: number, next: number, taken: number): void {
    const jumpsWhenTaken = isJump(node, taken);
    if (jumpsWhenTaken || isJump(node, next)) {
      const [jump, other] = jumpsWhenTaken ? [taken, next] : [next, taken];
      emitLabel(jump);
      emitCondition(code, pc);
      if (!jumpsWhenTaken) out.byte(wasm.i32Eqz);
      out.byte(wasm.brIf);
      out.unsigned(distanceTo(node, jump));
      return emitEdge(node, other);
    }
    emitCondition(code, pc);
    open(wasm.if);
    steps.push({ kind: "end" }, { kind: "edge", from: node, to: next }, { kind: "else" });
    emitEdge(node, taken);
  }

  function emitEdge(from: number, to: number): void {
    if (to === outOfText) return emitOverrun();
    if (to < 0) {
      const target = -1 - to;
      pushArguments(code, signatures.parameters[target]!, false);
      return plan.emitTransfer(code, target);
    }
    const hop = nextHop(dispatchers, from, to);
    emitLabel(to);
    if (!isJump(from, to)) {
      steps.push({ kind: "tree", node: hop });
      return;
    }
    out.byte(wasm.br);
    out.unsigned(distanceTo(from, to));
  }

  function emitLabel(to: number): void {
    const label = to < 0 ? undefined : dispatchers.labelOf.get(to);
    if (label === undefined) return;
    constant32(code, label);
    setLocal(code, code.label);
  }

  function distanceTo(from: number, to: number): number {
    const hop = nextHop(dispatchers, from, to);
    return depth - (position[hop]! <= position[from]! ? loopLabel[hop]! : blockLabel[hop]!);
  }

  function emitDispatch(node: number, targets: readonly number[]): void {
    const byLabel = new Map(targets.map((target) => [dispatchers.labelOf.get(target)!, target]));
    const labels = [...byLabel.keys()];
    const [least, most] = [Math.min(...labels), Math.max(...labels)];
    getLocal(code, code.label);
    constant32(code, least);
    out.byte(wasm.i32Sub);
    out.byte(wasm.brTable);
    out.unsigned(most - least + 1);
    for (let label = least; label <= most + 1; label++) out.unsigned(distanceTo(node, byLabel.get(label) ?? targets[0]!));
  }

  function emitOverrun(): void {
    const pc = code.program.length;
    emitCharge(code, helpers, pc, { stop: pc, cost: 1, reads: 0, hasEffect: false });
    fault(code, "ExecutionOverrun", pc);
  }

  function open(kind: number): void {
    out.byte(kind);
    out.byte(valueType.empty);
    depth++;
  }
}

function readsFrame({ program }: FunctionCode, start: number, stop: number): boolean {
  for (let pc = start; pc < stop; pc++) if ((program.reads[pc]! & (1 << framePointer)) !== 0) return true;
  return false;
}
