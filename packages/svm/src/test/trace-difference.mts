/** Whether our traces of a transaction are litesvm's, and where not. */
import { cryptoSyscalls } from "../crypto/crypto-syscalls.ts";
import { disassemble } from "../asm/disassemble.ts";
import type { Executable } from "../sbpf/executable.ts";
import { instructionAt, textView } from "../sbpf/instruction.ts";
import { murmur3 } from "../sbpf/murmur3.ts";
import { callImmediate } from "../sbpf/opcodes.ts";
import { runtimeSyscalls } from "../syscalls/syscall-table.ts";
import { rowLength, type RegisterTrace } from "./traced-interpreter.mts";

/**
 * Nothing if each of our traces is one of litesvm's and the other way round; else the first row that differs, with the
 * instruction before it. litesvm names its files by their content: runs that are alike leave one.
 */
export function traceDifference(ours: readonly RegisterTrace[], theirs: readonly BigUint64Array[]): string | undefined {
  const missing = ours.find((trace) => !theirs.some((other) => isSame(trace, other)));
  const unmatched = theirs.filter((other) => !ours.some((trace) => isSame(trace, other)));
  if (missing === undefined) {
    return unmatched.length === 0
      ? undefined
      : `litesvm ran a program that did not run here: ${unmatched.map(rowsOf).join(", ")} instructions`;
  }
  const [nearest] = unmatched.toSorted((left, right) => firstDifference(missing.rows, right) - firstDifference(missing.rows, left));
  if (nearest === undefined) return `a program ran here that did not run on litesvm: ${rowsOf(missing.rows)} instructions`;
  return describe(missing, nearest);
}

function isSame({ rows, ranOut }: RegisterTrace, theirs: BigUint64Array): boolean {
  if (theirs.length < rows.length || (theirs.length > rows.length && !ranOut)) return false;
  return Buffer.compare(bytesOf(rows), bytesOf(theirs.subarray(0, rows.length))) === 0;
}

function bytesOf(values: BigUint64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function rowsOf(values: BigUint64Array): number {
  return values.length / rowLength;
}

/** The first row in which two traces differ; where one is the other's start, the first that only one has. */
function firstDifference(left: BigUint64Array, right: BigUint64Array): number {
  const end = Math.min(left.length, right.length);
  let at = 0;
  while (at < end && left[at] === right[at]) at++;
  return Math.floor(at / rowLength);
}

function describe({ executable, rows }: RegisterTrace, theirs: BigUint64Array): string {
  const row = firstDifference(rows, theirs);
  const columns = Array.from({ length: rowLength }, (_, column) => {
    const [left, right] = [rows[row * rowLength + column], theirs[row * rowLength + column]];
    const name = column === rowLength - 1 ? "pc" : `r${column}`;
    return left === right ? undefined : `  ${name}: ours ${shown(left)}, litesvm ${shown(right)}`;
  });
  const slot = row === 0 ? undefined : Number(rows[row * rowLength - 1]);
  const after = slot === undefined ? "at the entry" : `after slot ${slot}: ${instructionText(executable, slot)}`;
  const counts = `row ${row} of ${rowsOf(rows)} here and ${rowsOf(theirs)} on litesvm differs`;
  return [`${counts}, ${after}`, ...columns.filter((line) => line !== undefined)].join("\n");
}

function shown(value: bigint | undefined): string {
  return value === undefined ? "ended" : `0x${value.toString(16)}`;
}

/** The instruction at a slot; compilers mark calls with a source register, which the disassembler leaves as raw slots. */
function instructionText(executable: Executable, pc: number): string {
  const { opcode, immediate } = instructionAt(textView(executable.text), pc);
  if (opcode !== callImmediate) return listingOf(executable)[pc] ?? "?";
  const target = executable.functions.get(immediate >>> 0);
  return target === undefined ? `syscall ${syscallNames.find((name) => murmur3(name) === immediate >>> 0) ?? immediate}` : `call ${target}`;
}

const syscallNames = [...Object.keys(runtimeSyscalls), ...Object.keys(cryptoSyscalls)];

/** Lines of the disassembly by slot. */
function listingOf(executable: Executable): readonly string[] {
  const lines: string[] = [];
  for (const line of disassemble(executable, { syscalls: syscallNames }).split("\n")) {
    if (!line.startsWith("  ")) continue;
    lines.push(line.trim());
    if (line.startsWith("  lddw ")) lines.push("");
  }
  return lines;
}
