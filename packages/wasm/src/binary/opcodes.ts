/**
 * The instructions that Stylus accepts, as data: the one place that names an opcode, its immediates and its operands.
 * What the decoder, the validator, the encoder and the middlewares look up per instruction is derived from these rows.
 */

/** What follows an opcode in the binary, and so what `first` and `second` of an instruction mean (see `InstructionStream`). */
export const immediate = {
  none: 0,
  /** A block type: `first` is -64 (no result), -1 to -4 (one result: i32, i64, f32, f64) or a type index. */
  block: 1,
  /** `first` is the depth of the label. */
  label: 2,
  /** `first` is where the depths begin in `targets`, `second` their number without the default, which stands behind them. */
  labels: 3,
  /** `first` is an index: of a function, local or global. */
  index: 4,
  /** `first` is a type index; the table is 0. */
  signature: 5,
  /** `first` is the exponent of the alignment, `second` the offset (unsigned). */
  memoryArgument: 6,
  /** A byte 0, the memory. */
  memory: 7,
  /** Two bytes 0, the memories. */
  memories: 8,
  /** `first` is the value, or its bits. */
  i32: 9,
  /** `first` and `second` are the low and the high half of the value. */
  i64: 10,
  f32: 11,
  f64: 12,
} as const;

/** One of the numbers of `immediate`. */
export type ImmediateKind = (typeof immediate)[keyof typeof immediate];

/** A row: opcode, mnemonic, kind of immediates, operands and results. An opcode behind the prefix 0xfc is 0x100 and its number. "*" is an instruction whose types depend on its immediates or on the stack. */
type OpcodeRow = readonly [code: number, name: string, immediates: keyof typeof immediate, signature: string];

const rows = [
  [0x00, "unreachable", "none", "*"],
  [0x01, "nop", "none", "->"],
  [0x02, "block", "block", "*"],
  [0x03, "loop", "block", "*"],
  [0x04, "if", "block", "*"],
  [0x05, "else", "none", "*"],
  [0x0b, "end", "none", "*"],
  [0x0c, "br", "label", "*"],
  [0x0d, "br_if", "label", "*"],
  [0x0e, "br_table", "labels", "*"],
  [0x0f, "return", "none", "*"],
  [0x10, "call", "index", "*"],
  [0x11, "call_indirect", "signature", "*"],
  [0x1a, "drop", "none", "*"],
  [0x1b, "select", "none", "*"],
  [0x20, "local.get", "index", "*"],
  [0x21, "local.set", "index", "*"],
  [0x22, "local.tee", "index", "*"],
  [0x23, "global.get", "index", "*"],
  [0x24, "global.set", "index", "*"],
  [0x28, "i32.load", "memoryArgument", "i32 -> i32"],
  [0x29, "i64.load", "memoryArgument", "i32 -> i64"],
  [0x2a, "f32.load", "memoryArgument", "i32 -> f32"],
  [0x2b, "f64.load", "memoryArgument", "i32 -> f64"],
  [0x2c, "i32.load8_s", "memoryArgument", "i32 -> i32"],
  [0x2d, "i32.load8_u", "memoryArgument", "i32 -> i32"],
  [0x2e, "i32.load16_s", "memoryArgument", "i32 -> i32"],
  [0x2f, "i32.load16_u", "memoryArgument", "i32 -> i32"],
  [0x30, "i64.load8_s", "memoryArgument", "i32 -> i64"],
  [0x31, "i64.load8_u", "memoryArgument", "i32 -> i64"],
  [0x32, "i64.load16_s", "memoryArgument", "i32 -> i64"],
  [0x33, "i64.load16_u", "memoryArgument", "i32 -> i64"],
  [0x34, "i64.load32_s", "memoryArgument", "i32 -> i64"],
  [0x35, "i64.load32_u", "memoryArgument", "i32 -> i64"],
  [0x36, "i32.store", "memoryArgument", "i32 i32 ->"],
  [0x37, "i64.store", "memoryArgument", "i32 i64 ->"],
  [0x38, "f32.store", "memoryArgument", "i32 f32 ->"],
  [0x39, "f64.store", "memoryArgument", "i32 f64 ->"],
  [0x3a, "i32.store8", "memoryArgument", "i32 i32 ->"],
  [0x3b, "i32.store16", "memoryArgument", "i32 i32 ->"],
  [0x3c, "i64.store8", "memoryArgument", "i32 i64 ->"],
  [0x3d, "i64.store16", "memoryArgument", "i32 i64 ->"],
  [0x3e, "i64.store32", "memoryArgument", "i32 i64 ->"],
  [0x3f, "memory.size", "memory", "-> i32"],
  [0x40, "memory.grow", "memory", "i32 -> i32"],
  [0x41, "i32.const", "i32", "-> i32"],
  [0x42, "i64.const", "i64", "-> i64"],
  [0x43, "f32.const", "f32", "-> f32"],
  [0x44, "f64.const", "f64", "-> f64"],
  [0x45, "i32.eqz", "none", "i32 -> i32"],
  [0x46, "i32.eq", "none", "i32 i32 -> i32"],
  [0x47, "i32.ne", "none", "i32 i32 -> i32"],
  [0x48, "i32.lt_s", "none", "i32 i32 -> i32"],
  [0x49, "i32.lt_u", "none", "i32 i32 -> i32"],
  [0x4a, "i32.gt_s", "none", "i32 i32 -> i32"],
  [0x4b, "i32.gt_u", "none", "i32 i32 -> i32"],
  [0x4c, "i32.le_s", "none", "i32 i32 -> i32"],
  [0x4d, "i32.le_u", "none", "i32 i32 -> i32"],
  [0x4e, "i32.ge_s", "none", "i32 i32 -> i32"],
  [0x4f, "i32.ge_u", "none", "i32 i32 -> i32"],
  [0x50, "i64.eqz", "none", "i64 -> i32"],
  [0x51, "i64.eq", "none", "i64 i64 -> i32"],
  [0x52, "i64.ne", "none", "i64 i64 -> i32"],
  [0x53, "i64.lt_s", "none", "i64 i64 -> i32"],
  [0x54, "i64.lt_u", "none", "i64 i64 -> i32"],
  [0x55, "i64.gt_s", "none", "i64 i64 -> i32"],
  [0x56, "i64.gt_u", "none", "i64 i64 -> i32"],
  [0x57, "i64.le_s", "none", "i64 i64 -> i32"],
  [0x58, "i64.le_u", "none", "i64 i64 -> i32"],
  [0x59, "i64.ge_s", "none", "i64 i64 -> i32"],
  [0x5a, "i64.ge_u", "none", "i64 i64 -> i32"],
  [0x67, "i32.clz", "none", "i32 -> i32"],
  [0x68, "i32.ctz", "none", "i32 -> i32"],
  [0x69, "i32.popcnt", "none", "i32 -> i32"],
  [0x6a, "i32.add", "none", "i32 i32 -> i32"],
  [0x6b, "i32.sub", "none", "i32 i32 -> i32"],
  [0x6c, "i32.mul", "none", "i32 i32 -> i32"],
  [0x6d, "i32.div_s", "none", "i32 i32 -> i32"],
  [0x6e, "i32.div_u", "none", "i32 i32 -> i32"],
  [0x6f, "i32.rem_s", "none", "i32 i32 -> i32"],
  [0x70, "i32.rem_u", "none", "i32 i32 -> i32"],
  [0x71, "i32.and", "none", "i32 i32 -> i32"],
  [0x72, "i32.or", "none", "i32 i32 -> i32"],
  [0x73, "i32.xor", "none", "i32 i32 -> i32"],
  [0x74, "i32.shl", "none", "i32 i32 -> i32"],
  [0x75, "i32.shr_s", "none", "i32 i32 -> i32"],
  [0x76, "i32.shr_u", "none", "i32 i32 -> i32"],
  [0x77, "i32.rotl", "none", "i32 i32 -> i32"],
  [0x78, "i32.rotr", "none", "i32 i32 -> i32"],
  [0x79, "i64.clz", "none", "i64 -> i64"],
  [0x7a, "i64.ctz", "none", "i64 -> i64"],
  [0x7b, "i64.popcnt", "none", "i64 -> i64"],
  [0x7c, "i64.add", "none", "i64 i64 -> i64"],
  [0x7d, "i64.sub", "none", "i64 i64 -> i64"],
  [0x7e, "i64.mul", "none", "i64 i64 -> i64"],
  [0x7f, "i64.div_s", "none", "i64 i64 -> i64"],
  [0x80, "i64.div_u", "none", "i64 i64 -> i64"],
  [0x81, "i64.rem_s", "none", "i64 i64 -> i64"],
  [0x82, "i64.rem_u", "none", "i64 i64 -> i64"],
  [0x83, "i64.and", "none", "i64 i64 -> i64"],
  [0x84, "i64.or", "none", "i64 i64 -> i64"],
  [0x85, "i64.xor", "none", "i64 i64 -> i64"],
  [0x86, "i64.shl", "none", "i64 i64 -> i64"],
  [0x87, "i64.shr_s", "none", "i64 i64 -> i64"],
  [0x88, "i64.shr_u", "none", "i64 i64 -> i64"],
  [0x89, "i64.rotl", "none", "i64 i64 -> i64"],
  [0x8a, "i64.rotr", "none", "i64 i64 -> i64"],
  [0xa7, "i32.wrap_i64", "none", "i64 -> i32"],
  [0xac, "i64.extend_i32_s", "none", "i32 -> i64"],
  [0xad, "i64.extend_i32_u", "none", "i32 -> i64"],
  [0xbc, "i32.reinterpret_f32", "none", "f32 -> i32"],
  [0xbd, "i64.reinterpret_f64", "none", "f64 -> i64"],
  [0xbe, "f32.reinterpret_i32", "none", "i32 -> f32"],
  [0xbf, "f64.reinterpret_i64", "none", "i64 -> f64"],
  [0xc0, "i32.extend8_s", "none", "i32 -> i32"],
  [0xc1, "i32.extend16_s", "none", "i32 -> i32"],
  [0xc2, "i64.extend8_s", "none", "i64 -> i64"],
  [0xc3, "i64.extend16_s", "none", "i64 -> i64"],
  [0xc4, "i64.extend32_s", "none", "i64 -> i64"],
  [0x10a, "memory.copy", "memories", "i32 i32 i32 ->"],
  [0x10b, "memory.fill", "memory", "i32 i32 i32 ->"],
] as const satisfies readonly OpcodeRow[];

/** The name of an accepted instruction in the text format. */
export type Mnemonic = (typeof rows)[number][1];

/** An accepted instruction. */
export interface OpcodeInfo {
  /** The opcode; behind the prefix 0xfc, 0x100 and its number there. */
  readonly code: number;
  readonly name: Mnemonic;
  readonly immediates: ImmediateKind;
  /** Operands and results; undefined where they depend on the immediates or on the stack. */
  readonly signature: { readonly operands: readonly ValueTypeName[]; readonly results: readonly ValueTypeName[] } | undefined;
}

/** The name of a value type in the text format. */
export type ValueTypeName = "i32" | "i64" | "f32" | "f64";

/** A value type is its byte in the binary. */
export const valueType: Readonly<Record<ValueTypeName, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };

/** The block type of a block without a result: the byte 0x40 as a signed number. */
export const emptyBlock = -64;

/** One more than the highest opcode: the length of tables indexed by opcode. */
export const opcodeSpace = 0x112;

/** Every accepted instruction, by opcode. */
export const opcodeTable: readonly OpcodeInfo[] = rows.map(([code, name, immediates, signature]) => ({
  code,
  name,
  immediates: immediate[immediates],
  signature: signature === "*" ? undefined : parseSignature(signature),
}));

/** The opcode of a mnemonic: `opcode["i32.add"]` is 0x6a. */
export const opcode = Object.fromEntries(rows.map(([code, name]) => [name, code])) as Readonly<Record<Mnemonic, number>>;

const infoByCode: (OpcodeInfo | undefined)[] = Array.from({ length: opcodeSpace });
for (const info of opcodeTable) infoByCode[info.code] = info;

/** What is known of an opcode; undefined when it is not accepted. */
export function opcodeInfo(code: number): OpcodeInfo | undefined {
  return infoByCode[code];
}

function parseSignature(text: string): OpcodeInfo["signature"] {
  const [operands = "", results = ""] = text.split("->");
  const types = (list: string): ValueTypeName[] => list.split(" ").filter(isValueTypeName);
  return { operands: types(operands), results: types(results) };
}

function isValueTypeName(text: string): text is ValueTypeName {
  return Object.hasOwn(valueType, text);
}
