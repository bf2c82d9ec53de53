/** 256-bit arithmetic on big-endian words, in place of the first operand. */
import { addmodInk, divInk, hostioInk, mulmodInk, pointerInk, powPrice } from "../pricing/hostio-prices.ts";
import { bytesToBigint } from "@trireme/core";
import { readInteger, readWord, writeInteger } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyInk } from "./ink-meter.ts";
import type { ProgramFrame } from "./program-frame.ts";

/** Functions for unsigned integers of 256 bits; division by 0 gives 0. */
export const math = {
  math_div(frame: ProgramFrame, value: number, divisor: number): void {
    binary(frame, value, divisor, (left, right) => (right === 0n ? 0n : left / right));
  },
  math_mod(frame: ProgramFrame, value: number, modulus: number): void {
    binary(frame, value, modulus, (left, right) => (right === 0n ? 0n : left % right));
  },
  math_pow(frame: ProgramFrame, value: number, exponent: number): void {
    buyInk(frame, hostioInk + 3 * pointerInk);
    const base = readInteger(frame, value);
    const power = readWord(frame, exponent);
    buyInk(frame, powPrice(power));
    writeInteger(frame, value, wrappingPower(base, bytesToBigint(power)));
  },
  math_add_mod(frame: ProgramFrame, value: number, addend: number, modulus: number): void {
    modular(frame, [value, addend, modulus], addmodInk, (left, right) => left + right);
  },
  math_mul_mod(frame: ProgramFrame, value: number, multiplier: number, modulus: number): void {
    modular(frame, [value, multiplier, modulus], mulmodInk, (left, right) => left * right);
  },
} satisfies HostioFamily;

type Operation = (left: bigint, right: bigint) => bigint;

function binary(frame: ProgramFrame, left: number, right: number, operation: Operation): void {
  buyInk(frame, hostioInk + 3 * pointerInk + divInk);
  const result = operation(readInteger(frame, left), readInteger(frame, right));
  writeInteger(frame, left, result);
}

function modular(frame: ProgramFrame, [left, right, modulus]: readonly [number, number, number], ink: number, operation: Operation): void {
  buyInk(frame, hostioInk + 4 * pointerInk + ink);
  const result = operation(readInteger(frame, left), readInteger(frame, right));
  const divisor = readInteger(frame, modulus);
  writeInteger(frame, left, divisor === 0n ? 0n : result % divisor);
}

/** base ^ exponent mod 2^256 by squaring. */
function wrappingPower(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = BigInt.asUintN(256, result * square);
    square = BigInt.asUintN(256, square * square);
  }
  return result;
}
