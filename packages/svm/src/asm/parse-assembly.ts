/** Assembly as statements: labels, directives, instructions with their operands. One or more labels, then one statement a line. */
import { assemblyError, quote } from "./assembly-error.ts";

export type Operand =
  | { readonly kind: "register"; readonly register: number }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "memory"; readonly register: number; readonly offset: bigint | string; readonly negated: boolean }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "string"; readonly bytes: Uint8Array };

export type Statement =
  | { readonly kind: "label"; readonly line: number; readonly name: string }
  | { readonly kind: "directive"; readonly line: number; readonly name: string; readonly operands: readonly Operand[] }
  | { readonly kind: "instruction"; readonly line: number; readonly name: string; readonly operands: readonly Operand[] };

const labelPattern = /^([A-Za-z_.$][\w.$]*)\s*:/;
const wordPattern = /^(\.?[A-Za-z_][\w.]*)\s*/;
const namePattern = /^[A-Za-z_.$][\w.$]*$/;
const registerPattern = /^r(\d{1,2})$/;
const integerPattern = /^([-+]?)\s*(0[xX][\dA-Fa-f_]+|\d[\d_]*)$/;
const memoryPattern = /^\[\s*r(\d{1,2})\s*(?:([-+])\s*([\w.$]+)\s*)?\]$/;

const longestInteger = 40;

/** The statements of a source. @throws TriremeError `INVALID_ENCODING` with the line */
export function parseAssembly(source: string): Statement[] {
  const statements: Statement[] = [];
  source.split(/\r?\n/).forEach((text, index) => parseLine(withoutComment(text), index + 1, statements));
  return statements;
}

function parseLine(text: string, line: number, statements: Statement[]): void {
  let rest = text.trim();
  for (let label = labelPattern.exec(rest); label !== null; label = labelPattern.exec(rest)) {
    statements.push({ kind: "label", line, name: label[1]! });
    rest = rest.slice(label[0].length).trim();
  }
  if (rest === "") return;
  const word = wordPattern.exec(rest);
  if (word === null) throw assemblyError(line, `an instruction, a directive or a label was expected, \`${quote(rest)}\` came`);
  const name = word[1]!;
  const operands = splitOperands(rest.slice(word[0].length), line).map((operand) => parseOperand(operand, line));
  if (name.startsWith(".")) statements.push({ kind: "directive", line, name: name.slice(1), operands });
  else statements.push({ kind: "instruction", line, name, operands });
}

function parseOperand(text: string, line: number): Operand {
  const register = registerPattern.exec(text);
  if (register !== null) return { kind: "register", register: registerNumber(register[1]!, line) };
  if (text.startsWith('"')) return { kind: "string", bytes: parseString(text, line) };
  const integer = parseInteger(text);
  if (integer !== undefined) return { kind: "integer", value: integer };
  const memory = memoryPattern.exec(text);
  if (memory !== null) {
    const offset = memory[3] ?? "0";
    return {
      kind: "memory",
      register: registerNumber(memory[1]!, line),
      offset: parseInteger(offset) ?? offset,
      negated: memory[2] === "-",
    };
  }
  if (namePattern.test(text)) return { kind: "name", name: text };
  throw assemblyError(line, `a register, a number, a label or [register + offset] was expected, \`${quote(text)}\` came`);
}

function parseInteger(text: string): bigint | undefined {
  const match = integerPattern.exec(text);
  if (match === null) return undefined;
  const digits = match[2]!.replaceAll("_", "");
  // "0x" with nothing but separators behind it, or more digits than 64 bits can have.
  if (digits.length > longestInteger || /^0[xX]$/.test(digits)) return undefined;
  const value = BigInt(digits);
  return match[1] === "-" ? -value : value;
}

function registerNumber(digits: string, line: number): number {
  const register = Number(digits);
  if (register > 10) throw assemblyError(line, `a register r0 to r10 was expected, r${digits} came`);
  return register;
}

const escapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, "0": 0, "\\": 92, '"': 34 };
const textEncoder = new TextEncoder();

function parseString(text: string, line: number): Uint8Array {
  if (text.length < 2 || !text.endsWith('"')) throw assemblyError(line, "a string was expected to end with a quotation mark");
  const bytes: number[] = [];
  const inner = text.slice(1, -1);
  for (let index = 0; index < inner.length; index++) {
    const codePoint = inner.codePointAt(index)!;
    const character = String.fromCodePoint(codePoint);
    if (character !== "\\") {
      bytes.push(...textEncoder.encode(character));
      index += character.length - 1;
      continue;
    }
    const hex = /^x[\dA-Fa-f]{2}/.exec(inner.slice(index + 1));
    const escaped = hex === null ? escapes[inner[index + 1] ?? ""] : Number.parseInt(hex[0].slice(1), 16);
    if (escaped === undefined) throw assemblyError(line, `\\n, \\r, \\t, \\0, \\\\, \\" or \\x and two digits was expected in a string`);
    bytes.push(escaped);
    index += hex === null ? 1 : 3;
  }
  return Uint8Array.from(bytes);
}

/** Splits at commas that stand in no string. */
function splitOperands(text: string, line: number): string[] {
  if (text.trim() === "") return [];
  const operands: string[] = [];
  let start = 0;
  for (const comma of outsideStrings(text)) {
    if (text[comma] !== ",") continue;
    operands.push(text.slice(start, comma).trim());
    start = comma + 1;
  }
  operands.push(text.slice(start).trim());
  if (operands.includes("")) throw assemblyError(line, "an operand was expected beside each comma");
  return operands;
}

/** Comments begin with `;`, `#` or `//`. */
function withoutComment(text: string): string {
  for (const index of outsideStrings(text)) {
    const character = text[index];
    if (character === ";" || character === "#" || (character === "/" && text[index + 1] === "/")) return text.slice(0, index);
  }
  return text;
}

/** Indices of the characters that stand in no string. */
function* outsideStrings(text: string): Generator<number> {
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    if (inString && text[index] === "\\") index++;
    else if (text[index] === '"') inString = !inString;
    else if (!inString) yield index;
  }
}
