/**
 * Stylus' middlewares as they are described, one behind the other, each over a list of instructions: slow, and plain enough
 * to be compared with the description line by line. The fast one must write the same.
 */
import { emptyBlock, opcodeInfo, type Mnemonic } from "../binary/opcodes.ts";
import type { WasmModule } from "../binary/wasm-module.ts";

/** An instruction: its mnemonic and immediates. i64 constants are bigints. */
export type PlainOp = readonly [name: Mnemonic, first?: number | bigint, second?: number];

interface Globals {
  readonly ink: number;
  readonly status: number;
  readonly scratch: number;
  readonly stack: number;
}

/** A body of the module after all middlewares, and the words of its frame. */
export function plainInstrument(module: WasmModule, index: number, price: (name: Mnemonic) => bigint): { ops: PlainOp[]; frame: number } {
  const user = module.globals.length;
  const globals: Globals = { ink: user, status: user + 1, scratch: user + 2, stack: user + 3 };
  const metered = dynamicMeter(meter(plainBody(module, index), module, globals, price), globals);
  const frame = worstDepth(metered, module) + (module.bodies[index]?.locals.length ?? 0) + 4;
  return { ops: heapBound(depthChecker(metered, globals, frame), module, globals), frame };
}

/** A body as a list of instructions. */
export function plainBody({ code, bodies }: WasmModule, index: number): PlainOp[] {
  const ops: PlainOp[] = [];
  const { start, end } = bodies[index] ?? { start: 0, end: 0 };
  for (let at = start; at < end; at++) {
    const name = opcodeInfo(code.opcodes[at] ?? 0)?.name ?? "nop";
    const first = code.first[at] ?? 0;
    const second = code.second[at] ?? 0;
    if (name === "i64.const") ops.push([name, (BigInt(second) << 32n) | BigInt(first >>> 0)]);
    else ops.push([name, first, second]);
  }
  return ops;
}

const maxU64 = 2n ** 64n - 1n;
const blockEnds: readonly Mnemonic[] = ["end", "else", "return", "loop", "br", "br_table", "br_if", "if", "call", "call_indirect"];

function meter(ops: readonly PlainOp[], module: WasmModule, globals: Globals, price: (name: Mnemonic) => bigint): PlainOp[] {
  const out: PlainOp[] = [];
  let block: PlainOp[] = [];
  for (const op of ops) {
    block.push(op);
    if (!blockEnds.includes(op[0])) continue;
    let cost = 2450n;
    for (const [name, first, second] of block) {
      cost += price(name);
      if (name === "br_table") cost += 325n * BigInt(second ?? 0);
      if (name === "call_indirect") cost += 650n * BigInt(module.types[Number(first)]?.params.length ?? 0);
    }
    const constant = BigInt.asIntN(64, cost > maxU64 ? maxU64 : cost);
    out.push(["global.get", globals.ink], ["i64.const", constant], ["i64.lt_u"], ...exhausted(globals));
    out.push(["global.get", globals.ink], ["i64.const", constant], ["i64.sub"], ["global.set", globals.ink], ...block);
    block = [];
  }
  return out;
}

function exhausted({ status }: Globals): PlainOp[] {
  return [["if", emptyBlock], ["i32.const", 1], ["global.set", status], ["unreachable"], ["end"]];
}

function dynamicMeter(ops: readonly PlainOp[], globals: Globals): PlainOp[] {
  const { ink, scratch } = globals;
  return ops.flatMap((op) => {
    if (op[0] !== "memory.fill" && op[0] !== "memory.copy") return [op];
    const pay: PlainOp[] = [
      ["global.set", scratch],
      ["global.get", ink],
      ["global.get", ink],
      ["global.get", scratch],
      ["i64.extend_i32_u"],
      ["i64.const", 100n],
      ["i64.mul"],
      ["i64.sub"],
      ["global.set", ink],
      ["global.get", ink],
      ["i64.lt_u"],
      ...exhausted(globals),
      ["global.get", scratch],
    ];
    return [...pay, op];
  });
}

/** The most values on the stack, by nitro's linear rules. */
function worstDepth(ops: readonly PlainOp[], module: WasmModule): number {
  let worst = 0;
  let stack = 0;
  const scopes = [0];
  const push = (count: number): void => {
    stack += count;
    worst = Math.max(worst, stack);
  };
  const pop = (count: number): void => {
    stack = Math.max(0, stack - count);
  };
  const insAndOuts = (type: number): void => {
    push(module.types[type]?.results.length ?? 0);
    pop(module.types[type]?.params.length ?? 0);
  };
  for (const [name, first] of ops) {
    const index = Number(first ?? 0);
    if (name === "block" || name === "loop" || name === "if") {
      if (name === "if") pop(1);
      if (index >= 0) insAndOuts(index);
      else if (index !== emptyBlock) push(1);
      scopes.push(stack);
    } else if (name === "else") stack = scopes.at(-1) ?? 0;
    else if (name === "end") stack = scopes.pop() ?? 0;
    else if (name === "call") insAndOuts(module.imports[index]?.type ?? module.functions[index - module.imports.length] ?? 0);
    else if (name === "call_indirect") {
      insAndOuts(index);
      pop(1);
    } else if (name === "memory.fill" || name === "memory.copy") pop(3);
    else if (/\.const$|^local\.get$|^global\.get$|^memory\.size$/.test(name)) push(1);
    else if (name === "select" || /store/.test(name)) pop(2);
    else if (/^(drop|br_if|br_table|local\.set|global\.set)$/.test(name)) pop(1);
    else if (/\.(eq|ne|[lg][te]_[su]|add|sub|mul|div_[su]|rem_[su]|and|or|xor|shl|shr_[su]|rotl|rotr)$/.test(name)) pop(1);
  }
  return worst;
}

function depthChecker(ops: readonly PlainOp[], { stack }: Globals, frame: number): PlainOp[] {
  const out: PlainOp[] = [
    ["global.get", stack],
    ["i32.const", frame],
    ["i32.le_u"],
    ["if", emptyBlock],
    ["i32.const", 0],
    ["global.set", stack],
    ["unreachable"],
    ["end"],
    ["global.get", stack],
    ["i32.const", frame],
    ["i32.sub"],
    ["global.set", stack],
  ];
  const last = ops.at(-1) ?? ["end"];
  for (const op of [...ops.slice(0, -1), ["return"] as const, last]) {
    if (op[0] === "return") out.push(["global.get", stack], ["i32.const", frame], ["i32.add"], ["global.set", stack]);
    out.push(op);
  }
  return out;
}

function heapBound(ops: readonly PlainOp[], { memory, imports }: WasmModule, { scratch }: Globals): PlainOp[] {
  if (memory?.min === memory?.max) return [...ops];
  const pay = imports.findIndex(({ name }) => name === "pay_for_memory_grow");
  return ops.flatMap((op): PlainOp[] =>
    op[0] === "memory.grow" ? [["global.set", scratch], ["global.get", scratch], ["global.get", scratch], ["call", pay], op] : [op],
  );
}
