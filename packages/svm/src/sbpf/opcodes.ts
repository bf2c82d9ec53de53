/** Every instruction of every version: its name in assembly, what its fields mean, what the verifier asks of its immediate. */
import type { SbpfVersion } from "./executable.ts";

/**
 * How the fields of a slot are used. `immediate` and `register` compute `dst` from itself and the operand; `unary` from
 * itself; `endian` from itself, with the width in the immediate; `wide` is `lddw`. Jumps count slots from the next one.
 */
export type InstructionForm =
  | "wide"
  | "immediate"
  | "register"
  | "unary"
  | "endian"
  | "load"
  | "storeImmediate"
  | "storeRegister"
  | "jump"
  | "jumpImmediate"
  | "jumpRegister"
  | "call"
  | "callRegister"
  | "exit";

/** What an immediate must be: not 0, a shift of 32 or 64 bits, a width of 16, 32 or 64 bits. */
export type ImmediateRule = "nonzero" | "shift32" | "shift64" | "width";

export interface Opcode {
  readonly name: string;
  readonly form: InstructionForm;
  readonly rule?: ImmediateRule;
}

/** The instruction of each of the 256 opcodes in a version. */
export type OpcodeTable = readonly (Opcode | undefined)[];

type Row = readonly [opcode: number, name: string, form: InstructionForm, rule?: ImmediateRule];

/** The slot with the high half of a `lddw`. */
export const wideTail = 0;
export const lddw = 0x18;
export const addImmediate = 0x07;
export const callImmediate = 0x85;
export const callRegister = 0x8d;
export const exit = 0x95;

/** A rule for both operands: with an immediate, then (opcode + 8) with a register. */
function pair(opcode: number, name: string, rule?: ImmediateRule): Row[] {
  return [rule === undefined ? [opcode, name, "immediate"] : [opcode, name, "immediate", rule], [opcode + 8, name, "register"]];
}

function jumps(opcodeClass: number, suffix: string): Row[] {
  const conditions = ["jeq", "jgt", "jge", "jset", "jne", "jsgt", "jsge", undefined, undefined, "jlt", "jle", "jslt", "jsle"];
  return conditions.flatMap((name, index): Row[] => {
    if (name === undefined) return [];
    const opcode = 0x10 * (index + 1) + opcodeClass;
    return [
      [opcode, name + suffix, "jumpImmediate"],
      [opcode + 8, name + suffix, "jumpRegister"],
    ];
  });
}

const common: readonly Row[] = [
  ...pair(0x04, "add32"),
  ...pair(0x14, "sub32"),
  ...pair(0x44, "or32"),
  ...pair(0x54, "and32"),
  ...pair(0x64, "lsh32", "shift32"),
  ...pair(0x74, "rsh32", "shift32"),
  ...pair(0xa4, "xor32"),
  ...pair(0xb4, "mov32"),
  ...pair(0xc4, "arsh32", "shift32"),
  [0xdc, "be", "endian", "width"],
  ...pair(addImmediate, "add64"),
  ...pair(0x17, "sub64"),
  ...pair(0x47, "or64"),
  ...pair(0x57, "and64"),
  ...pair(0x67, "lsh64", "shift64"),
  ...pair(0x77, "rsh64", "shift64"),
  ...pair(0xa7, "xor64"),
  ...pair(0xb7, "mov64"),
  ...pair(0xc7, "arsh64", "shift64"),
  [0x05, "ja", "jump"],
  ...jumps(5, ""),
  [callImmediate, "call", "call"],
  [callRegister, "callx", "callRegister"],
  [exit, "exit", "exit"],
];

/** What V2 has not. */
const classic: readonly Row[] = [
  [lddw, "lddw", "wide"],
  [0x61, "ldxw", "load"],
  [0x69, "ldxh", "load"],
  [0x71, "ldxb", "load"],
  [0x79, "ldxdw", "load"],
  [0x62, "stw", "storeImmediate"],
  [0x6a, "sth", "storeImmediate"],
  [0x72, "stb", "storeImmediate"],
  [0x7a, "stdw", "storeImmediate"],
  [0x63, "stxw", "storeRegister"],
  [0x6b, "stxh", "storeRegister"],
  [0x73, "stxb", "storeRegister"],
  [0x7b, "stxdw", "storeRegister"],
  ...pair(0x24, "mul32"),
  ...pair(0x34, "div32", "nonzero"),
  [0x84, "neg32", "unary"],
  ...pair(0x94, "mod32", "nonzero"),
  [0xd4, "le", "endian", "width"],
  ...pair(0x27, "mul64"),
  ...pair(0x37, "div64", "nonzero"),
  [0x87, "neg64", "unary"],
  ...pair(0x97, "mod64", "nonzero"),
];

/** SIMD-0173 (memory instructions moved, no lddw, no le) and SIMD-0174 (product, quotient, remainder). */
const v2: readonly Row[] = [
  [0x2c, "ldxb", "load"],
  [0x3c, "ldxh", "load"],
  [0x8c, "ldxw", "load"],
  [0x9c, "ldxdw", "load"],
  [0x27, "stb", "storeImmediate"],
  [0x37, "sth", "storeImmediate"],
  [0x87, "stw", "storeImmediate"],
  [0x97, "stdw", "storeImmediate"],
  [0x2f, "stxb", "storeRegister"],
  [0x3f, "stxh", "storeRegister"],
  [0x8f, "stxw", "storeRegister"],
  [0x9f, "stxdw", "storeRegister"],
  [0xf7, "hor64", "immediate"],
  ...pair(0x86, "lmul32"),
  ...pair(0x96, "lmul64"),
  ...pair(0x36, "uhmul64"),
  ...pair(0xb6, "shmul64"),
  ...pair(0x46, "udiv32", "nonzero"),
  ...pair(0x56, "udiv64", "nonzero"),
  ...pair(0x66, "urem32", "nonzero"),
  ...pair(0x76, "urem64", "nonzero"),
  ...pair(0xc6, "sdiv32", "nonzero"),
  ...pair(0xd6, "sdiv64", "nonzero"),
  ...pair(0xe6, "srem32", "nonzero"),
  ...pair(0xf6, "srem64", "nonzero"),
];

/** SIMD-0377. */
const v3: readonly Row[] = jumps(6, "32");

function tableOf(...parts: readonly (readonly Row[])[]): OpcodeTable {
  const table = Array.from<Opcode | undefined>({ length: 256 });
  for (const [opcode, name, form, rule] of parts.flat()) table[opcode] = rule === undefined ? { name, form } : { name, form, rule };
  return table;
}

const classicTable = tableOf(common, classic);
const tables: Record<SbpfVersion, OpcodeTable> = {
  0: classicTable,
  1: classicTable,
  2: tableOf(common, v2),
  3: tableOf(common, classic, v3),
};

/** The instructions of a version. */
export function opcodesOf(version: SbpfVersion): OpcodeTable {
  return tables[version];
}

/** Bytes that a memory instruction moves, by the end of its name. */
export function accessLength(name: string): 1 | 2 | 4 | 8 {
  if (name.endsWith("dw")) return 8;
  if (name.endsWith("w")) return 4;
  return name.endsWith("h") ? 2 : 1;
}

/** The number of the register that `callx` calls through: V0 and V1 name it in the immediate, V2 in `src`, V3 in `dst`. */
export function callTargetRegister(
  version: SbpfVersion,
  slot: { readonly dst: number; readonly src: number; readonly immediate: number },
): number {
  if (version === 3) return slot.dst;
  return version === 2 ? slot.src : slot.immediate;
}
