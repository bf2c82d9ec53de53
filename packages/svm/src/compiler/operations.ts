/** One numbering of operations for all versions of sBPF: what the compiler's other files switch over. */
import type { SbpfVersion } from "../sbpf/executable.ts";

/** Operations. The width, the operand and the extension of the result are flags beside the number. */
export const operation = {
  invalid: 0,
  add: 1,
  sub: 2,
  /** Immediate minus register. */
  reverseSub: 3,
  mul: 4,
  udiv: 5,
  urem: 6,
  sdiv: 7,
  srem: 8,
  or: 9,
  and: 10,
  xor: 11,
  shl: 12,
  shrU: 13,
  shrS: 14,
  neg: 15,
  mov: 16,
  uhmul: 17,
  shmul: 18,
  truncate: 19,
  byteSwap: 20,
  orHigh: 21,
  wide: 22,
  load: 24,
  storeImmediate: 28,
  storeRegister: 32,
  jump: 36,
  jumpEq: 37,
  jumpGtU: 38,
  jumpGeU: 39,
  jumpSet: 40,
  jumpNe: 41,
  jumpGtS: 42,
  jumpGeS: 43,
  jumpLtU: 44,
  jumpLeU: 45,
  jumpLtS: 46,
  jumpLeS: 47,
  call: 48,
  callRegister: 49,
  exit: 50,
} as const;

/** Bits of an entry: the operation, then flags. Loads and stores add the logarithm of their length to their number. */
export const operationMask = 63;
export const isNarrow = 64;
export const hasRegister = 128;
/** The 32-bit result is extended by its sign, not by zeros. */
export const signExtends = 256;
/** The immediate is read as u32. */
export const unsignedImmediate = 512;

/** The entry of each of the 256 opcodes in a version; 0 where there is none. */
export function operationsOf(version: SbpfVersion): Uint16Array {
  return tables[version];
}

const op = operation;

function tableOf(version: SbpfVersion): Uint16Array {
  const table = new Uint16Array(256);
  const pair = (opcode: number, entry: number): void => {
    table[opcode] = entry;
    table[opcode + 8] = entry | hasRegister;
  };
  const isV2 = version === 2;
  const extension = isV2 ? 0 : signExtends;
  pair(0x04, op.add | isNarrow | extension);
  pair(0x14, op.sub | isNarrow | extension);
  const bitwise: readonly [number, number][] = [
    [0x40, op.or],
    [0x50, op.and],
    [0x60, op.shl],
    [0x70, op.shrU],
    [0xa0, op.xor],
    [0xb0, op.mov],
    [0xc0, op.shrS],
  ];
  for (const [opcode, entry] of bitwise) {
    pair(opcode + 4, entry | isNarrow);
    pair(opcode + 7, entry);
  }
  pair(0x07, op.add);
  pair(0x17, op.sub);
  table[0xdc] = op.byteSwap;
  const conditions = [
    op.jumpEq,
    op.jumpGtU,
    op.jumpGeU,
    op.jumpSet,
    op.jumpNe,
    op.jumpGtS,
    op.jumpGeS,
    0,
    0,
    op.jumpLtU,
    op.jumpLeU,
    op.jumpLtS,
    op.jumpLeS,
  ];
  conditions.forEach((condition, index) => {
    if (condition === 0) return;
    pair(0x10 * (index + 1) + 5, condition);
    if (version === 3) pair(0x10 * (index + 1) + 6, condition | isNarrow);
  });
  table[0x05] = op.jump;
  table[0x85] = op.call;
  table[0x8d] = op.callRegister;
  table[0x95] = op.exit;
  if (isV2) {
    table[0x14] = op.reverseSub | isNarrow;
    table[0x17] = op.reverseSub;
    table[0xbc] = op.mov | isNarrow | signExtends | hasRegister;
    table[0xf7] = op.orHigh;
    [0x2c, 0x3c, 0x8c, 0x9c].forEach((opcode, size) => (table[opcode] = op.load + size));
    [0x27, 0x37, 0x87, 0x97].forEach((opcode, size) => {
      table[opcode] = op.storeImmediate + size;
      table[opcode + 8] = op.storeRegister + size;
    });
    pair(0x86, op.mul | isNarrow);
    pair(0x96, op.mul);
    pair(0x36, op.uhmul | unsignedImmediate);
    pair(0xb6, op.shmul);
    const divisions: readonly [number, number, number][] = [
      [0x46, op.udiv, unsignedImmediate],
      [0x66, op.urem, unsignedImmediate],
      [0xc6, op.sdiv, 0],
      [0xe6, op.srem, 0],
    ];
    for (const [opcode, entry, immediate] of divisions) {
      pair(opcode, entry | isNarrow);
      pair(opcode + 0x10, entry | immediate);
    }
    return table;
  }
  table[0x18] = op.wide;
  [0x71, 0x69, 0x61, 0x79].forEach((opcode, size) => {
    table[opcode] = op.load + size;
    table[opcode + 1] = op.storeImmediate + size;
    table[opcode + 2] = op.storeRegister + size;
  });
  pair(0x24, op.mul | isNarrow | signExtends);
  pair(0x34, op.udiv | isNarrow);
  pair(0x94, op.urem | isNarrow);
  pair(0x27, op.mul);
  pair(0x37, op.udiv);
  pair(0x97, op.urem);
  table[0x84] = op.neg | isNarrow;
  table[0x87] = op.neg;
  table[0xd4] = op.truncate;
  return table;
}

const tables = [tableOf(0), tableOf(1), tableOf(2), tableOf(3)] as const;
