/** What instructions cost, in ink (nitro, crates/prover/src/programs/meter.rs `pricing_v1`). */
import { opcodeSpace, opcodeTable, type Mnemonic, type OpcodeInfo } from "../binary/opcodes.ts";

/** Prices of instructions. `Infinity` stands for 2^64 - 1: a block with such an instruction can never be paid. */
export interface OpcodePrices {
  /** Ink by opcode, without what depends on the immediates. */
  readonly byOpcode: Float64Array;
  /** Ink for each block beside its instructions. */
  readonly block: number;
  /** Ink for each parameter of a `call_indirect`. */
  readonly indirectParameter: number;
  /** Ink for each depth of a `br_table` without the default. */
  readonly branchTarget: number;
  /** Ink for each byte that `memory.copy` and `memory.fill` write. */
  readonly bulkByte: number;
}

const prices: Readonly<Partial<Record<Mnemonic, number>>> = {
  unreachable: 1,
  return: 1,
  nop: 1,
  "i32.const": 1,
  "i64.const": 1,
  block: 1,
  loop: 1,
  else: 1,
  end: 1,
  br: 765,
  br_if: 765,
  if: 765,
  br_table: 2400,
  call: 3800,
  call_indirect: 13_610,
  drop: 9,
  select: 1250,
  "local.get": 75,
  "local.tee": 75,
  "local.set": 210,
  "global.get": 225,
  "global.set": 575,
  "memory.size": 3000,
  "memory.grow": 8050,
  "memory.copy": 950,
  "memory.fill": 950,
  "i32.popcnt": 2650,
  "i64.popcnt": 6000,
  "i32.wrap_i64": 100,
  "i64.extend_i32_s": 100,
  "i64.extend_i32_u": 100,
};

/** Instructions that come for i32 and i64 alike: name without the type, price for i32 and for i64. */
const families: readonly (readonly [name: RegExp, i32: number, i64: number])[] = [
  [/^load/, 670, 680],
  [/^store/, 825, 950],
  [/^(eqz|eq|ne|lt_[su]|gt_[su]|le_[su]|ge_[su])$/, 170, 225],
  [/^(clz|ctz)$/, 210, 210],
  [/^(add|sub|and|or|xor|shl|shr_[su]|rotl|rotr)$/, 70, 100],
  [/^mul$/, 160, 160],
  [/^(div|rem)_[su]$/, 1120, 1270],
  [/^extend(8|16|32)_s$/, 100, 100],
];

/** Stylus' prices, version 1, with which version 2 goes on. */
export const stylusOpcodePrices: OpcodePrices = {
  byOpcode: priceTable(),
  block: 2450,
  indirectParameter: 650,
  branchTarget: 325,
  bulkByte: 100,
};

function priceTable(): Float64Array {
  const table = new Float64Array(opcodeSpace).fill(Infinity);
  for (const info of opcodeTable) table[info.code] = priceOf(info);
  return table;
}

function priceOf({ name }: OpcodeInfo): number {
  const price = prices[name];
  if (price !== undefined) return price;
  const [type = "", operation = ""] = name.split(".");
  const family = families.find(([pattern]) => pattern.test(operation));
  if (family === undefined || (type !== "i32" && type !== "i64")) return Infinity;
  return type === "i32" ? family[1] : family[2];
}
