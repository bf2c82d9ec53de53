/** Directives that fill `.rodata`. */
import { assemblyError } from "./assembly-error.ts";
import type { Operand, Statement } from "./parse-assembly.ts";

type Directive = Extract<Statement, { kind: "directive" }>;

const widths: Readonly<Record<string, number>> = { byte: 1, half: 2, short: 2, word: 4, long: 4, quad: 8 };
/** Read-only data of one program. */
const maxDataLength = 0xa0_0000;

/** Whether a directive of this name, without its point, belongs into `.rodata`. */
export function isDataDirective(name: string): boolean {
  return Object.hasOwn(widths, name) || ["ascii", "asciz", "zero", "align"].includes(name);
}

/** Appends the bytes of a directive. @throws TriremeError `INVALID_ENCODING` */
export function appendData({ name, operands, line }: Directive, data: number[]): void {
  if (operands.length === 0) throw assemblyError(line, `.${name} expects an operand`);
  for (const operand of operands) {
    if (name === "ascii" || name === "asciz") {
      if (operand.kind !== "string") throw assemblyError(line, `.${name} expects a string`);
      for (const byte of operand.bytes) data.push(byte);
      if (name === "asciz") data.push(0);
      continue;
    }
    const value = integerOf(operand, name, line);
    if (name === "zero" || name === "align") {
      const length = name === "zero" ? value : value === 0n ? 0n : (value - (BigInt(data.length) % value)) % value;
      if (value < 0n || length + BigInt(data.length) > maxDataLength) throw assemblyError(line, `.${name} ${value} leaves .rodata`);
      for (let index = 0; index < Number(length); index++) data.push(0);
      continue;
    }
    appendInteger(value, widths[name]!, line, data);
  }
}

function appendInteger(value: bigint, width: number, line: number, data: number[]): void {
  const bits = width * 8;
  if (BigInt.asIntN(bits, value) !== value && BigInt.asUintN(bits, value) !== value)
    throw assemblyError(line, `a number of ${bits} bits was expected, ${value} came`);
  for (let index = 0; index < width; index++) data.push(Number((value >> BigInt(8 * index)) & 0xffn));
}

function integerOf(operand: Operand, name: string, line: number): bigint {
  if (operand.kind !== "integer") throw assemblyError(line, `.${name} expects a number`);
  return operand.value;
}
