/** The operand and the control stack of the specification's validation algorithm, in typed arrays that are used for every function. */
import { valueType } from "../opcodes.ts";
import { WasmFaultError, type WasmFaultCode } from "../wasm-fault.ts";

/** The type of a value that unreachable code conjures up: it fits every expectation. */
export const anyType = 0;

/** What a block began with. */
export type BlockOpcode = "function" | "block" | "loop" | "if" | "else";

/** An open block. */
export interface Frame {
  opcode: BlockOpcode;
  params: Uint8Array;
  results: Uint8Array;
  /** Values below belong to outer blocks. */
  height: number;
  /** The rest of the block cannot be reached. */
  unreachable: boolean;
}

/** The state while a function's instructions are typed. `instruction` is where faults are reported. */
export interface OperandStack {
  readonly values: Uint8Array;
  height: number;
  readonly frames: Frame[];
  /** Open blocks; frames beyond are kept for the next ones. */
  depth: number;
  /** The innermost open block. */
  top: Frame;
  instruction: number;
}

/** An empty stack for at most `capacity` values. */
export function createOperandStack(capacity: number): OperandStack {
  const top = createFrame();
  return { values: new Uint8Array(capacity), height: 0, frames: [top], depth: 0, top, instruction: 0 };
}

/** Opens a block on top of the values it takes, which stay on the stack. */
export function openFrame(stack: OperandStack, opcode: BlockOpcode, params: Uint8Array, results: Uint8Array): void {
  if (params.length > 0) popTypes(stack, params);
  const frame = (stack.frames[stack.depth] ??= createFrame());
  stack.depth++;
  frame.opcode = opcode;
  frame.params = params;
  frame.results = results;
  frame.height = stack.height;
  frame.unreachable = false;
  stack.top = frame;
  pushTypes(stack, params);
}

/** Closes the innermost block: its results, and nothing else, must be on the stack. They stay there only if they are pushed again. */
export function closeFrame(stack: OperandStack): Frame {
  const { top } = stack;
  popTypes(stack, top.results);
  if (stack.height !== top.height) {
    throw fault(
      stack,
      "typeMismatch",
      `expected ${top.results.length} values at the end of the ${top.opcode}, got ${stack.height - top.height} more`,
    );
  }
  stack.depth--;
  if (stack.depth > 0) stack.top = stack.frames[stack.depth - 1] ?? top;
  return top;
}

/** What follows in the block cannot be reached. */
export function setUnreachable(stack: OperandStack): void {
  stack.height = stack.top.height;
  stack.top.unreachable = true;
}

/** The block that `depth` names, counted from the innermost. */
export function labelFrame(stack: OperandStack, depth: number): Frame {
  const frame = depth < stack.depth ? stack.frames[stack.depth - 1 - depth] : undefined;
  if (frame === undefined) throw fault(stack, "unknownIndex", `expected a label below ${stack.depth}, got ${depth}`);
  return frame;
}

/** The types that a branch to a block carries. */
export function labelTypes(frame: Frame): Uint8Array {
  return frame.opcode === "loop" ? frame.params : frame.results;
}

/** Pushes a value. */
export function pushType(stack: OperandStack, type: number): void {
  if (stack.height === stack.values.length) throw overflow(stack);
  stack.values[stack.height++] = type;
}

/** Pushes values, the last on top. */
export function pushTypes(stack: OperandStack, types: Uint8Array): void {
  if (types.length === 0) return;
  if (stack.height + types.length > stack.values.length) throw overflow(stack);
  stack.values.set(types, stack.height);
  stack.height += types.length;
}

/** Pops a value of any type and returns it. */
export function popAny(stack: OperandStack): number {
  const { top } = stack;
  if (stack.height > top.height) return stack.values[--stack.height] ?? anyType;
  if (top.unreachable) return anyType;
  throw fault(stack, "typeMismatch", "expected a value, got an empty stack");
}

/** Pops a value that must be of this type. */
export function popType(stack: OperandStack, expected: number): void {
  const got = popAny(stack);
  if (got !== expected && got !== anyType) throw mismatch(stack, expected, got);
}

/** Pops values, the last from the top. Takes no longer than there are values, however many types unreachable code names. */
export function popTypes(stack: OperandStack, types: Uint8Array): void {
  checkTop(stack, types);
  stack.height = Math.max(stack.top.height, stack.height - types.length);
}

/** Checks the values on top without popping them. */
export function checkTop(stack: OperandStack, types: Uint8Array): void {
  const { top, values } = stack;
  const present = stack.height - top.height;
  if (types.length > present && !top.unreachable) {
    throw fault(stack, "typeMismatch", `expected ${types.length} values, got ${present}`);
  }
  const count = Math.min(types.length, present);
  for (let i = 1; i <= count; i++) {
    const got = values[stack.height - i] ?? anyType;
    const expected = types[types.length - i] ?? anyType;
    if (got !== expected && got !== anyType) throw mismatch(stack, expected, got);
  }
}

/** A fault at the current instruction. */
export function fault(stack: OperandStack, code: WasmFaultCode, message: string): WasmFaultError {
  return new WasmFaultError(code, message, undefined, stack.instruction);
}

/** The fault of a value of one type where another is expected. */
export function mismatch(stack: OperandStack, expected: number, got: number): WasmFaultError {
  return fault(stack, "typeMismatch", `expected a value of type ${typeName(expected)}, got ${typeName(got)}`);
}

function overflow(stack: OperandStack): WasmFaultError {
  return fault(stack, "limitExceeded", `expected at most ${stack.values.length} values on the operand stack, got more`);
}

function typeName(type: number): string {
  return Object.entries(valueType).find(([, byte]) => byte === type)?.[0] ?? "any";
}

function createFrame(): Frame {
  const none = new Uint8Array(0);
  return { opcode: "function", params: none, results: none, height: 0, unreachable: false };
}
