/** One statement of assembly to slots. */
import type { SbpfVersion } from "../sbpf/executable.ts";
import type { Instruction } from "../sbpf/instruction.ts";
import { lddw, wideTail, type InstructionForm } from "../sbpf/opcodes.ts";
import { assemblyError, quote } from "./assembly-error.ts";
import { mnemonicOf } from "./mnemonics.ts";
import type { Operand, Statement } from "./parse-assembly.ts";

/** What encoding a statement needs to know, and where its slots go. */
export interface Encoder {
  readonly version: SbpfVersion;
  /** The next slot. */
  pc(): number;
  emit(instruction: Instruction): void;
  labelPc(name: string): number | undefined;
  constant(name: string): bigint | undefined;
  /** Offset of a label in `.rodata`. */
  dataOffset(name: string): number | undefined;
  /** Notes that the next two slots hold the address of a byte of `.rodata`. */
  referToData(offset: number): void;
  /** Notes a call of a syscall at the next slot; gives its immediate. */
  callSyscall(name: string): number;
}

/** Longest text that `.fill` may make. */
const maxFill = 0x14_0000;

/** Slots of a statement, before labels are known. @throws TriremeError `INVALID_ENCODING` */
export function slotCount({ kind, name, line, ...rest }: Statement): number {
  if (kind === "instruction") return name === "lddw" ? 2 : 1;
  const count = kind === "directive" && "operands" in rest ? rest.operands[0] : undefined;
  if (count?.kind !== "integer" || count.value < 0n || count.value > maxFill)
    throw assemblyError(line, `.fill expects a count of at most ${maxFill} and a slot`);
  return Number(count.value);
}

/** Encodes an instruction or `.fill`. @throws TriremeError `INVALID_ENCODING` */
export function encodeStatement(statement: Statement, encoder: Encoder): void {
  if (statement.kind === "instruction") encodeInstruction(statement, encoder);
  else if (statement.kind === "directive") encodeFill(statement, encoder);
}

type InstructionStatement = Extract<Statement, { kind: "instruction" }>;
type Fields = Partial<Omit<Instruction, "opcode">>;

function encodeInstruction(statement: InstructionStatement, encoder: Encoder): void {
  const { name, operands, line } = statement;
  const { version } = encoder;
  if (name === "lddw") return encodeWide(statement, encoder);
  const forms = mnemonicOf(version, name);
  if (forms === undefined) throw assemblyError(line, `V${version} has no instruction ${quote(name)}`);
  const fail = (expected: string) => assemblyError(line, `${name} expects ${expected}`);
  const emit = (form: InstructionForm, fields: Fields) => {
    const opcode = forms.get(form);
    if (opcode === undefined) throw fail("other operands");
    encoder.emit({ opcode, dst: 0, src: 0, offset: 0, immediate: 0, ...fields });
  };
  const immediate = (operand: Operand | undefined) => immediateOf(operand, name, line, encoder);
  const [first, second, third] = operands;
  const arity = (count: number, expected: string) => {
    if (operands.length !== count) throw fail(expected);
  };

  if (forms.has("exit")) {
    arity(0, "no operand");
    emit("exit", {});
  } else if (forms.has("call")) {
    arity(1, "a function or a distance");
    emit("call", callFields(name, first!, line, encoder));
  } else if (forms.has("callRegister")) {
    arity(1, "a register");
    emit("callRegister", callxFields(version, registerOf(first, fail)));
  } else if (forms.has("jump")) {
    arity(1, "a label or a distance");
    emit("jump", { offset: distanceOf(first!, line, encoder) });
  } else if (forms.has("jumpImmediate")) {
    arity(3, "a register, a register or number, and a label or distance");
    const fields = { dst: registerOf(first, fail), offset: distanceOf(third!, line, encoder) };
    if (second?.kind === "register") emit("jumpRegister", { ...fields, src: second.register });
    else emit("jumpImmediate", { ...fields, immediate: immediate(second) });
  } else if (forms.has("endian") || forms.has("unary")) {
    arity(1, "a register");
    const dst = registerOf(first, fail);
    if (forms.has("endian")) emit("endian", { dst, immediate: Number(name.slice(2)) });
    else emit("unary", { dst });
  } else if (forms.has("load")) {
    arity(2, "a register and [register + offset]");
    const { register: src, offset } = memoryOf(second, line, encoder, fail);
    emit("load", { dst: registerOf(first, fail), src, offset });
  } else if (forms.has("storeImmediate") || forms.has("storeRegister")) {
    arity(2, "[register + offset] and a number or register");
    const { register: dst, offset } = memoryOf(first, line, encoder, fail);
    if (forms.has("storeRegister")) emit("storeRegister", { dst, offset, src: registerOf(second, fail) });
    else emit("storeImmediate", { dst, offset, immediate: immediate(second) });
  } else {
    arity(2, "a register, and a register or number");
    const dst = registerOf(first, fail);
    if (second?.kind === "register") emit("register", { dst, src: second.register });
    else emit("immediate", { dst, immediate: immediate(second) });
  }
}

/** `lddw`: a number of 64 bits or an address in `.rodata`, in two slots. */
function encodeWide({ operands, line }: InstructionStatement, encoder: Encoder): void {
  const [target, source] = operands;
  if (operands.length !== 2 || target?.kind !== "register" || (source?.kind !== "integer" && source?.kind !== "name"))
    throw assemblyError(line, "lddw expects a register, and a number or a label");
  const dst = target.register;
  let value = 0n;
  if (source.kind === "integer") {
    value = source.value;
  } else {
    const offset = encoder.dataOffset(source.name);
    const constant = encoder.constant(source.name);
    if (offset !== undefined) encoder.referToData(offset);
    else if (constant !== undefined) value = constant;
    else throw assemblyError(line, `no label of .rodata is called ${quote(source.name)}`);
  }
  if (BigInt.asIntN(64, value) !== value && BigInt.asUintN(64, value) !== value)
    throw assemblyError(line, `a number of 64 bits was expected, ${value} came`);
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  const { version } = encoder;
  const [lowOpcode, highOpcode] =
    version === 2 ? [mnemonicOf(2, "mov32")!.get("immediate")!, mnemonicOf(2, "hor64")!.get("immediate")!] : [lddw, wideTail];
  encoder.emit({ opcode: lowOpcode, dst, src: 0, offset: 0, immediate: low });
  encoder.emit({ opcode: highOpcode, dst: version === 2 ? dst : 0, src: 0, offset: 0, immediate: high });
}

function encodeFill({ operands, line }: Extract<Statement, { kind: "directive" }>, encoder: Encoder): void {
  const [count, slot] = operands;
  if (operands.length !== 2 || count?.kind !== "integer" || slot?.kind !== "integer" || BigInt.asUintN(64, slot.value) !== slot.value)
    throw assemblyError(line, ".fill expects a count and a slot of 64 bits");
  const bits = (from: number, width: number) => Number(BigInt.asUintN(width, slot.value >> BigInt(from)));
  const instruction = { opcode: bits(0, 8), dst: bits(8, 4), src: bits(12, 4), offset: bits(16, 16), immediate: bits(32, 32) };
  for (let index = 0; index < Number(count.value); index++) encoder.emit(instruction);
}

/** `call` of a label or a distance, `syscall` of a name; names of syscalls may stand behind `call`, as compilers write them. */
function callFields(name: string, target: Operand, line: number, encoder: Encoder): Fields {
  const isStatic = encoder.version === 3;
  if (target.kind === "name") {
    const pc = name === "call" ? encoder.labelPc(target.name) : undefined;
    if (pc !== undefined) return { src: isStatic ? 1 : 0, immediate: pc - encoder.pc() - 1 };
    if (name === "syscall" || target.name === "abort" || target.name.startsWith("sol_"))
      return { immediate: encoder.callSyscall(target.name) };
    throw assemblyError(line, `no label is called ${quote(target.name)}`);
  }
  if (target.kind !== "integer" || (name === "syscall" && !isStatic)) throw assemblyError(line, `${name} expects a name`);
  const immediate = integerIn(target.value, -0x8000_0000n, name === "syscall" ? 0xffff_ffffn : 0x7fff_ffffn, line);
  return { src: isStatic && name === "call" ? 1 : 0, immediate };
}

function callxFields(version: SbpfVersion, register: number): Fields {
  if (version === 3) return { dst: register };
  return version === 2 ? { src: register } : { immediate: register };
}

function distanceOf(target: Operand, line: number, encoder: Encoder): number {
  if (target.kind === "integer") return integerIn(target.value, -0x8000n, 0x7fffn, line);
  const pc = target.kind === "name" ? encoder.labelPc(target.name) : undefined;
  if (pc === undefined)
    throw assemblyError(line, target.kind === "name" ? `no label is called ${quote(target.name)}` : "a label was expected");
  return integerIn(BigInt(pc - encoder.pc() - 1), -0x8000n, 0x7fffn, line);
}

/** A number of 32 bits; instructions of 32 bits take unsigned ones as well. */
function immediateOf(operand: Operand | undefined, name: string, line: number, encoder: Encoder): number {
  const value = operand?.kind === "name" ? encoder.constant(operand.name) : operand?.kind === "integer" ? operand.value : undefined;
  if (value === undefined) throw assemblyError(line, `${name} expects a number, a register or the name of a constant`);
  return integerIn(value, -0x8000_0000n, name.endsWith("32") ? 0xffff_ffffn : 0x7fff_ffffn, line);
}

function memoryOf(
  operand: Operand | undefined,
  line: number,
  encoder: Encoder,
  fail: (expected: string) => Error,
): { readonly register: number; readonly offset: number } {
  if (operand?.kind !== "memory") throw fail("[register + offset]");
  const { register, offset, negated } = operand;
  const value = typeof offset === "string" ? encoder.constant(offset) : offset;
  if (value === undefined) throw fail("a number or a constant as offset");
  return { register, offset: integerIn(negated ? -value : value, -0x8000n, 0x7fffn, line) };
}

function registerOf(operand: Operand | undefined, fail: (expected: string) => Error): number {
  if (operand?.kind !== "register") throw fail("a register");
  return operand.register;
}

function integerIn(value: bigint, low: bigint, high: bigint, line: number): number {
  if (value < low || value > high) throw assemblyError(line, `a number from ${low} to ${high} was expected, ${value} came`);
  return Number(value) | 0;
}
