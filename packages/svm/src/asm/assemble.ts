/** Assembly to a program, in the syntax of Solana's own assembler: `mov64 r1, 5`, `ldxdw r2, [r1+8]`, `call function_a`. */
import type { SbpfVersion } from "../sbpf/executable.ts";
import { encodeInstructions, type Instruction } from "../sbpf/instruction.ts";
import { murmur3 } from "../sbpf/murmur3.ts";
import { assemblyError, quote } from "./assembly-error.ts";
import { appendData, isDataDirective } from "./data-directive.ts";
import type { DataReference, ElfSource, SyscallReference } from "./elf-source.ts";
import { encodeStatement, slotCount, type Encoder } from "./encode-statement.ts";
import { parseAssembly, type Operand, type Statement } from "./parse-assembly.ts";

export interface AssembleOptions {
  /** 0 unless named. */
  readonly version?: SbpfVersion;
}

/** An assembled program, for `writeElf`. */
export type AssembledProgram = Required<ElfSource>;

/**
 * Assembles a source. It begins at `entrypoint`, or at its first instruction. `.rodata` and `.text` change the section,
 * `.ascii`, `.byte`, `.half`, `.word`, `.quad`, `.zero` and `.align` fill `.rodata`, `.equ name, value` names a number,
 * `.fill count, slot` writes raw slots. In V2, which has no `lddw`, it becomes `mov32` and `hor64`.
 * @throws TriremeError `INVALID_ENCODING` with the line
 */
export function assemble(source: string, { version = 0 }: AssembleOptions = {}): AssembledProgram {
  const layout = layOut(parseAssembly(source));
  const instructions: Instruction[] = [];
  const syscalls: SyscallReference[] = [];
  const dataReferences: DataReference[] = [];
  const encoder: Encoder = {
    version,
    pc: () => instructions.length,
    emit: (instruction) => void instructions.push(instruction),
    labelPc: (name) => layout.labels.get(name),
    constant: (name) => layout.constants.get(name),
    dataOffset: (name) => layout.dataLabels.get(name),
    referToData: (offset) => void dataReferences.push({ pc: instructions.length, offset }),
    callSyscall(name) {
      if (version === 3) return murmur3(name) | 0;
      syscalls.push({ pc: instructions.length, name });
      return -1;
    },
  };
  for (const statement of layout.statements) encodeStatement(statement, encoder);
  return {
    version,
    text: encodeInstructions(instructions),
    entryPc: layout.labels.get("entrypoint") ?? 0,
    readOnlyData: Uint8Array.from(layout.data),
    functions: functionsOf(layout.statements, layout.labels),
    syscalls,
    dataReferences,
  };
}

interface Layout {
  /** What goes into the text. */
  readonly statements: readonly Statement[];
  readonly labels: ReadonlyMap<string, number>;
  readonly dataLabels: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, bigint>;
  readonly data: readonly number[];
}

/** The first pass: where labels stand, what the data are. */
function layOut(statements: readonly Statement[]): Layout {
  const labels = new Map<string, number>();
  const dataLabels = new Map<string, number>();
  const constants = new Map<string, bigint>();
  const data: number[] = [];
  const text: Statement[] = [];
  let pc = 0;
  let inText = true;
  for (const statement of statements) {
    const { line, name } = statement;
    if (statement.kind === "label") {
      if (labels.has(name) || dataLabels.has(name)) throw assemblyError(line, `the label ${quote(name)} stands twice`);
      if (inText) labels.set(name, pc);
      else dataLabels.set(name, data.length);
    } else if (statement.kind === "instruction") {
      if (!inText) throw assemblyError(line, `an instruction was expected in .text, ${quote(name)} came in .rodata`);
      text.push(statement);
      pc += slotCount(statement);
    } else if (name === "text" || name === "rodata" || name === "section") {
      inText = sectionName(statement.operands, name) === "text";
    } else if (name === "equ") {
      const [constant, value] = statement.operands;
      if (constant?.kind !== "name" || value?.kind !== "integer") throw assemblyError(line, ".equ expects a name and a number");
      constants.set(constant.name, value.value);
    } else if (name === "fill") {
      text.push(statement);
      pc += slotCount(statement);
    } else if (isDataDirective(name)) {
      if (inText) throw assemblyError(line, `.${name} was expected in .rodata`);
      appendData(statement, data);
    } else if (name !== "globl" && name !== "global") {
      throw assemblyError(line, `no directive is called .${quote(name)}`);
    }
  }
  return { statements: text, labels, dataLabels, constants, data };
}

function sectionName(operands: readonly Operand[], directive: string): string {
  const [section] = operands;
  if (directive === "section" && section?.kind === "name") return section.name.replace(/^\./, "");
  return directive;
}

/** Labels that are called, named as functions are, or the entrypoint. */
function functionsOf(statements: readonly Statement[], labels: ReadonlyMap<string, number>): Map<string, number> {
  const called = new Set(["entrypoint"]);
  for (const { kind, name, ...statement } of statements) {
    if (kind !== "instruction" || name !== "call" || !("operands" in statement)) continue;
    const [target] = statement.operands;
    if (target?.kind === "name") called.add(target.name);
  }
  return new Map([...labels].filter(([name]) => called.has(name) || name.startsWith("function_")));
}
