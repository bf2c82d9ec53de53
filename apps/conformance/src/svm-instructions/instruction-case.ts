/**
 * Firedancer's text form of single-instruction cases. `$` begins a case, `:` what must come of it, `#` a comment. Fields
 * keep their values from case to case, as in src/flamenco/vm/test_vm_instr.c. Numbers are hexadecimal.
 */
import { TriremeError } from "@trireme/core";

/** `ok`: it runs to the end. `err`: it faults. `vfy`: the verifier refuses it. `vfyub`: refused, or whatever. */
export type ExpectedStatus = "ok" | "err" | "vfy" | "vfyub";

export interface InstructionCase {
  readonly line: number;
  readonly opcode: number;
  readonly dst: number;
  readonly src: number;
  readonly offset: number;
  /** 64 bits; only `lddw` has more than the low half. */
  readonly immediate: bigint;
  /** r0 to r10 before. */
  readonly registers: readonly bigint[];
  /** r0 to r10 after, where the status is `ok`. */
  readonly expectedRegisters: readonly bigint[];
  readonly status: ExpectedStatus;
  readonly input: Uint8Array;
  /** Ends of the parts of the input that an access may not cross; none for one part. */
  readonly boundaries: readonly number[];
}

const registerCount = 11;
const tokenPattern = /\s*(?:(#[^\n]*)|(\$)|(:)|(\w+)(?:\s*=\s*([\dA-Fa-f]*))?|(\S))/y;
const widths: Readonly<Record<string, number>> = { op: 8, dst: 64, src: 64, off: 16, imm: 64, region_boundary: 32 };

/** The cases of a file. @throws TriremeError `INVALID_ENCODING` with the line */
export function parseInstructionCases(text: string): InstructionCase[] {
  const cases: InstructionCase[] = [];
  const fields = new Map<string, bigint>();
  const registers = Array.from({ length: registerCount + 1 }, () => 0n);
  let expected: bigint[] | undefined;
  let status: ExpectedStatus | undefined;
  let input: Uint8Array = new Uint8Array(0);
  let boundaries: number[] = [];
  let caseLine = 1;
  const lineAt = createLineCounter(text);

  const end = () => {
    if (expected === undefined) return;
    if (status === undefined) throw invalid(caseLine, "ok, err, vfy or vfyub was expected behind the colon");
    const field = (name: string) => Number(fields.get(name) ?? 0n);
    // An instruction has 4 bits for each.
    const register = (name: string) => Number((fields.get(name) ?? 0n) & 15n);
    cases.push({
      line: caseLine,
      opcode: field("op"),
      dst: register("dst"),
      src: register("src"),
      offset: field("off"),
      immediate: fields.get("imm") ?? 0n,
      registers: registers.slice(0, registerCount),
      expectedRegisters: expected.slice(0, registerCount),
      status,
      input,
      boundaries,
    });
    expected = undefined;
  };

  tokenPattern.lastIndex = 0;
  for (let match = tokenPattern.exec(text); match !== null; match = tokenPattern.exec(text)) {
    const [whole, comment, begin, colon, word, value, other] = match;
    const line = lineAt(match.index + whole.length);
    if (comment !== undefined) continue;
    if (begin !== undefined) {
      end();
      caseLine = line;
    } else if (colon !== undefined) {
      expected = [...registers];
    } else if (word === undefined) {
      throw invalid(line, `a field, $ or : was expected, ${other} came`);
    } else if (value === undefined) {
      if (!isStatus(word)) throw invalid(line, `ok, err, vfy, vfyub or a field with a value was expected, ${word} came`);
      status = word;
    } else if (word === "input") {
      input = bytesOf(value, line);
      boundaries = [];
    } else if (/^r\d{1,2}$/.test(word) && Number(word.slice(1)) <= registerCount) {
      (expected ?? registers)[Number(word.slice(1))] = numberOf(value, 64, line);
    } else if (word === "region_boundary") {
      boundaries = [...boundaries, Number(numberOf(value, widths[word]!, line))];
    } else if (Object.hasOwn(widths, word)) {
      fields.set(word, numberOf(value, widths[word]!, line));
    } else {
      throw invalid(line, `no field is called ${word}`);
    }
  }
  end();
  return cases;
}

function isStatus(word: string): word is ExpectedStatus {
  return word === "ok" || word === "err" || word === "vfy" || word === "vfyub";
}

function numberOf(digits: string, width: number, line: number): bigint {
  const value = digits === "" ? undefined : BigInt(`0x${digits}`);
  if (value === undefined || value >> BigInt(width) !== 0n)
    throw invalid(line, `a hexadecimal number of ${width} bits was expected, ${digits} came`);
  return value;
}

function bytesOf(digits: string, line: number): Uint8Array {
  if (digits.length % 2 !== 0) throw invalid(line, "an even number of hexadecimal digits was expected");
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}

/** Line of an index; indices must not go down. */
function createLineCounter(text: string): (index: number) => number {
  let line = 1;
  let at = 0;
  return (index) => {
    for (; at < index; at++) if (text[at] === "\n") line++;
    return line;
  };
}

function invalid(line: number, message: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", `line ${line}: ${message}`, { details: { line } });
}
