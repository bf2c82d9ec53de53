/** What the computing instructions do, by name. Operands are unsigned 64-bit values; results are cut to 64 bits by the caller. */
import type { SbpfVersion } from "./executable.ts";
import { ProgramFault } from "./program-fault.ts";
import { vmFault } from "./vm-fault.ts";

/** From the destination and the operand to the new destination. @throws ProgramFault */
export type Operation = (dst: bigint, operand: bigint) => bigint;

/** Whether a conditional jump is taken. */
export type Condition = (dst: bigint, operand: bigint) => boolean;

const u32 = (value: bigint) => BigInt.asUintN(32, value);
const i32 = (value: bigint) => BigInt.asIntN(32, value);
const i64 = (value: bigint) => BigInt.asIntN(64, value);

const min32 = -(2n ** 31n);
const min64 = -(2n ** 63n);

/** All versions, with results of 32 bits zero-extended. */
const shared: Readonly<Record<string, Operation>> = {
  or32: (dst, operand) => u32(dst | operand),
  and32: (dst, operand) => u32(dst & operand),
  xor32: (dst, operand) => u32(dst ^ operand),
  lsh32: (dst, operand) => u32(dst << (operand & 31n)),
  rsh32: (dst, operand) => u32(dst) >> (operand & 31n),
  arsh32: (dst, operand) => u32(i32(dst) >> (operand & 31n)),
  add64: (dst, operand) => dst + operand,
  sub64: (dst, operand) => dst - operand,
  or64: (dst, operand) => dst | operand,
  and64: (dst, operand) => dst & operand,
  xor64: (dst, operand) => dst ^ operand,
  lsh64: (dst, operand) => dst << (operand & 63n),
  rsh64: (dst, operand) => dst >> (operand & 63n),
  arsh64: (dst, operand) => i64(dst) >> (operand & 63n),
  mov64: (_, operand) => operand,
};

/** V0, V1 and V3: sums and products of 32 bits are sign-extended. */
const classic: Readonly<Record<string, Operation>> = {
  ...shared,
  add32: (dst, operand) => i32(dst + operand),
  sub32: (dst, operand) => i32(dst - operand),
  mul32: (dst, operand) => i32(dst * operand),
  mov32: (_, operand) => u32(operand),
  div32: (dst, operand) => u32(dst) / divisor(u32(operand)),
  mod32: (dst, operand) => u32(dst) % divisor(u32(operand)),
  mul64: (dst, operand) => dst * operand,
  div64: (dst, operand) => dst / divisor(operand),
  mod64: (dst, operand) => dst % divisor(operand),
};

/** V2 (SIMD-0174): sums of 32 bits are zero-extended, moves of a register sign-extended. */
const v2: Readonly<Record<string, Operation>> = {
  ...shared,
  add32: (dst, operand) => u32(dst + operand),
  sub32: (dst, operand) => u32(dst - operand),
  mov32: (_, operand) => i32(operand),
  hor64: (dst, operand) => dst | (operand << 32n),
  lmul32: (dst, operand) => u32(dst * operand),
  lmul64: (dst, operand) => dst * operand,
  uhmul64: (dst, operand) => (dst * operand) >> 64n,
  shmul64: (dst, operand) => (i64(dst) * i64(operand)) >> 64n,
  udiv32: (dst, operand) => u32(dst) / divisor(u32(operand)),
  udiv64: (dst, operand) => dst / divisor(operand),
  urem32: (dst, operand) => u32(dst) % divisor(u32(operand)),
  urem64: (dst, operand) => dst % divisor(operand),
  sdiv32: (dst, operand) => u32(i32(dst) / signedDivisor(i32(dst), i32(operand), min32)),
  sdiv64: (dst, operand) => i64(dst) / signedDivisor(i64(dst), i64(operand), min64),
  srem32: (dst, operand) => u32(i32(dst) % signedDivisor(i32(dst), i32(operand), min32)),
  srem64: (dst, operand) => i64(dst) % signedDivisor(i64(dst), i64(operand), min64),
};

/** V2: subtraction from an immediate, and a move of an immediate that is not sign-extended. */
const v2Immediate: Readonly<Record<string, Operation>> = {
  ...v2,
  sub32: (dst, operand) => u32(operand - dst),
  sub64: (dst, operand) => operand - dst,
  mov32: (_, operand) => u32(operand),
  uhmul64: (dst, operand) => (dst * u32(operand)) >> 64n,
  udiv64: (dst, operand) => dst / divisor(u32(operand)),
  urem64: (dst, operand) => dst % divisor(u32(operand)),
};

/** Operations of a version; the immediate among the operands is sign-extended to 64 bits. */
export function operationsOf(version: SbpfVersion, form: "immediate" | "register"): Readonly<Record<string, Operation>> {
  if (version !== 2) return classic;
  return form === "immediate" ? v2Immediate : v2;
}

const conditions64: Readonly<Record<string, Condition>> = {
  jeq: (dst, operand) => dst === operand,
  jne: (dst, operand) => dst !== operand,
  jgt: (dst, operand) => dst > operand,
  jge: (dst, operand) => dst >= operand,
  jlt: (dst, operand) => dst < operand,
  jle: (dst, operand) => dst <= operand,
  jset: (dst, operand) => (dst & operand) !== 0n,
  jsgt: (dst, operand) => i64(dst) > i64(operand),
  jsge: (dst, operand) => i64(dst) >= i64(operand),
  jslt: (dst, operand) => i64(dst) < i64(operand),
  jsle: (dst, operand) => i64(dst) <= i64(operand),
};

const signExtended = (value: bigint) => BigInt.asUintN(64, i32(value));

/** Conditions by name. Those of 32 bits (SIMD-0377) are those of 64 bits on sign-extended operands, which keeps both orders. */
export const conditions: Readonly<Record<string, Condition>> = {
  ...conditions64,
  ...Object.fromEntries(
    Object.entries(conditions64).map(([name, holds]): [string, Condition] => [
      `${name}32`,
      (dst, operand) => holds(signExtended(dst), signExtended(operand)),
    ]),
  ),
};

/** The low `width` bits. */
export function littleEndian(value: bigint, width: number): bigint {
  return BigInt.asUintN(width, value);
}

/** The low `width` bits, bytes in the other order. */
export function bigEndian(value: bigint, width: number): bigint {
  let swapped = 0n;
  for (let bits = 0; bits < width; bits += 8) swapped = (swapped << 8n) | ((value >> BigInt(bits)) & 0xffn);
  return swapped;
}

function divisor(value: bigint): bigint {
  if (value === 0n) throw new ProgramFault(vmFault("DivideByZero"));
  return value;
}

function signedDivisor(dividend: bigint, value: bigint, smallest: bigint): bigint {
  if (dividend === smallest && value === -1n) throw new ProgramFault(vmFault("DivideOverflow"));
  return divisor(value);
}
