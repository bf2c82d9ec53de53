/** Types the instructions of a function: the specification's validation algorithm (appendix "Validation Algorithm"). */
import { immediate, opcode, opcodeInfo, opcodeSpace, opcodeTable, valueType } from "../opcodes.ts";
import { WasmFaultError } from "../wasm-fault.ts";
import type { FunctionType, WasmModule } from "../wasm-module.ts";
import type { WasmRules } from "../wasm-rules.ts";
import { blockParams, blockResults } from "./block-types.ts";
import {
  anyType,
  checkTop,
  closeFrame,
  createOperandStack,
  fault,
  labelFrame,
  labelTypes,
  mismatch,
  openFrame,
  popAny,
  popType,
  popTypes,
  pushType,
  pushTypes,
  setUnreachable,
  type OperandStack,
} from "./operand-stack.ts";

/** By opcode: operands and result of an instruction whose types are fixed, 0 where there is none; and whether it is such a one. */
const fixed = new Uint8Array(opcodeSpace);
const operand1 = new Uint8Array(opcodeSpace);
const operand2 = new Uint8Array(opcodeSpace);
const operand3 = new Uint8Array(opcodeSpace);
const result = new Uint8Array(opcodeSpace);
/** By opcode: the exponent of the natural alignment and 1, for an access to memory; 0xff for one of all of it. */
const memoryUse = new Uint8Array(opcodeSpace);

for (const { code, name, immediates, signature } of opcodeTable) {
  if (immediates === immediate.memoryArgument) memoryUse[code] = naturalAlignment(name) + 1;
  else if (immediates === immediate.memory || immediates === immediate.memories) memoryUse[code] = 0xff;
  if (signature === undefined) continue;
  const [one, two, three] = signature.operands.map((type) => valueType[type]);
  const [only] = signature.results.map((type) => valueType[type]);
  fixed[code] = 1;
  operand1[code] = one ?? 0;
  operand2[code] = two ?? 0;
  operand3[code] = three ?? 0;
  result[code] = only ?? 0;
}

const { i32 } = valueType;

/** Answers a function that checks body `i`, or throws a `WasmFaultError`. Its arrays serve all bodies. */
export function createBodyValidator(module: WasmModule, rules: WasmRules): (index: number) => void {
  const { types, imports, functions, bodies, code, globals, memory, table } = module;
  const { opcodes, first, second, targets } = code;
  const stack = createOperandStack(rules.limits.stackValues);
  const functionTypes = [...imports.map(({ type }) => types[type]), ...Array.from(functions, (type) => types[type])];
  const longest = types.reduce((most, { params }) => Math.max(most, params.length), 0);
  const locals = new Uint8Array(longest + bodies.reduce((most, body) => Math.max(most, body.locals.length), 0));

  return (index) => {
    const body = bodies[index];
    const type = functionTypes[imports.length + index];
    if (body === undefined || type === undefined)
      throw new WasmFaultError("unknownIndex", `expected a function below ${bodies.length}, got ${index}`);
    locals.set(type.params);
    locals.set(body.locals, type.params.length);
    const localCount = type.params.length + body.locals.length;
    stack.height = 0;
    stack.depth = 0;
    openFrame(stack, "function", noTypes, type.results);

    for (let i = body.start; i < body.end; i++) {
      const op = opcodes[i] ?? 0;
      stack.instruction = i;
      if (stack.depth === 0) throw fault(stack, "badControl", "expected nothing behind the function's `end`, got an instruction");
      if (memoryUse[op] !== 0) checkMemory(stack, memory !== undefined, memoryUse[op] ?? 0, first[i] ?? 0);
      if (fixed[op] === 1) {
        if (operand3[op] !== 0) popType(stack, operand3[op] ?? 0);
        if (operand2[op] !== 0) popType(stack, operand2[op] ?? 0);
        if (operand1[op] !== 0) popType(stack, operand1[op] ?? 0);
        if (result[op] !== 0) pushType(stack, result[op] ?? 0);
        continue;
      }
      const argument = first[i] ?? 0;
      switch (op) {
        case opcode["local.get"]:
          pushType(stack, typeOfLocal(stack, locals, localCount, argument));
          break;
        case opcode["local.set"]:
          popType(stack, typeOfLocal(stack, locals, localCount, argument));
          break;
        case opcode["local.tee"]: {
          const local = typeOfLocal(stack, locals, localCount, argument);
          popType(stack, local);
          pushType(stack, local);
          break;
        }
        case opcode["global.get"]:
          pushType(stack, typeOfGlobal(stack, module, argument));
          break;
        case opcode["global.set"]: {
          const global = typeOfGlobal(stack, module, argument);
          if (globals[argument]?.mutable !== true) throw fault(stack, "immutableGlobal", `expected a mutable global, got ${argument}`);
          popType(stack, global);
          break;
        }
        case opcode.block:
          openBlock(stack, "block", types, argument);
          break;
        case opcode.loop:
          openBlock(stack, "loop", types, argument);
          break;
        case opcode.if:
          popType(stack, i32);
          openBlock(stack, "if", types, argument);
          break;
        case opcode.else: {
          if (stack.top.opcode !== "if") throw fault(stack, "badControl", `expected \`else\` in an if, got it in a ${stack.top.opcode}`);
          const { params, results } = closeFrame(stack);
          pushTypes(stack, params);
          openFrame(stack, "else", params, results);
          break;
        }
        case opcode.end:
          closeBlock(stack);
          break;
        case opcode.br:
          popTypes(stack, labelTypes(labelFrame(stack, argument >>> 0)));
          setUnreachable(stack);
          break;
        case opcode.br_if: {
          popType(stack, i32);
          const label = labelTypes(labelFrame(stack, argument >>> 0));
          popTypes(stack, label);
          pushTypes(stack, label);
          break;
        }
        case opcode.br_table:
          branchTable(stack, targets, argument, second[i] ?? 0);
          break;
        case opcode.return:
          popTypes(stack, type.results);
          setUnreachable(stack);
          break;
        case opcode.unreachable:
          setUnreachable(stack);
          break;
        case opcode.call: {
          const callee = functionTypes[argument >>> 0];
          if (callee === undefined) throw unknown(stack, "function", functionTypes.length, argument);
          popTypes(stack, callee.params);
          pushTypes(stack, callee.results);
          break;
        }
        case opcode.call_indirect: {
          if (table === undefined) throw fault(stack, "unknownIndex", "expected a table for an indirect call, got a module without");
          const callee = types[argument >>> 0];
          if (callee === undefined) throw unknown(stack, "type", types.length, argument);
          popType(stack, i32);
          popTypes(stack, callee.params);
          pushTypes(stack, callee.results);
          break;
        }
        case opcode.drop:
          popAny(stack);
          break;
        case opcode.select: {
          popType(stack, i32);
          const one = popAny(stack);
          const other = popAny(stack);
          if (one !== other && one !== anyType && other !== anyType) throw mismatch(stack, one, other);
          pushType(stack, one === anyType ? other : one);
          break;
        }
        default:
          throw fault(
            stack,
            "unknownOpcode",
            `expected an instruction, got opcode 0x${op.toString(16)} (${opcodeInfo(op)?.name ?? "none"})`,
          );
      }
    }
    if (stack.depth > 0)
      throw fault(stack, "badControl", `expected an \`end\` for each block, got ${stack.depth} blocks open at the function's`);
  };
}

const noTypes = new Uint8Array(0);

function openBlock(stack: OperandStack, kind: "block" | "loop" | "if", types: readonly FunctionType[], blockType: number): void {
  const params = blockParams(types, blockType);
  const results = blockResults(types, blockType);
  if (params === undefined || results === undefined) throw unknown(stack, "type", types.length, blockType);
  openFrame(stack, kind, params, results);
}

function closeBlock(stack: OperandStack): void {
  const { opcode, params, results } = closeFrame(stack);
  // Without an `else` the values that come in are those that go out.
  if (opcode === "if" && !(params.length === results.length && params.every((type, i) => type === results[i]))) {
    throw fault(stack, "typeMismatch", "expected an if without `else` to leave what it takes, got other results");
  }
  if (stack.depth > 0) pushTypes(stack, results);
}

function branchTable(stack: OperandStack, targets: Uint32Array, from: number, count: number): void {
  popType(stack, i32);
  const fallback = labelTypes(labelFrame(stack, targets[from + count] ?? 0));
  checkTop(stack, fallback);
  // Each list of types is checked once, so that many depths with many values each do not multiply.
  const checked = new Set([fallback]);
  for (let i = from; i < from + count; i++) {
    const label = labelTypes(labelFrame(stack, targets[i] ?? 0));
    if (checked.has(label)) continue;
    if (label.length !== fallback.length) {
      throw fault(stack, "typeMismatch", `expected labels with ${fallback.length} values, got one with ${label.length}`);
    }
    checkTop(stack, label);
    checked.add(label);
  }
  setUnreachable(stack);
}

function checkMemory(stack: OperandStack, present: boolean, use: number, alignment: number): void {
  if (!present) throw fault(stack, "unknownIndex", "expected a memory for an access to it, got a module without");
  if (use !== 0xff && alignment >= use) {
    throw fault(stack, "badAlignment", `expected an alignment exponent of at most ${use - 1}, got ${alignment}`);
  }
}

function typeOfLocal(stack: OperandStack, locals: Uint8Array, count: number, index: number): number {
  if (index >>> 0 >= count) throw unknown(stack, "local", count, index);
  return locals[index] ?? 0;
}

function typeOfGlobal(stack: OperandStack, { globals }: WasmModule, index: number): number {
  const global = globals[index >>> 0];
  if (global === undefined) throw unknown(stack, "global", globals.length, index);
  return global.type;
}

function unknown(stack: OperandStack, what: string, count: number, index: number): WasmFaultError {
  return fault(stack, "unknownIndex", `expected a ${what} below ${count}, got ${index >>> 0}`);
}

function naturalAlignment(name: string): number {
  const narrow = /(8|16|32)(_[su])?$/.exec(name.slice(3))?.[1];
  const bits = narrow === undefined ? Number(name.slice(1, 3)) : Number(narrow);
  return Math.log2(bits / 8);
}
