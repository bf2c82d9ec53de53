/** A program as assembly that assembles to the same program. */
import type { Executable } from "../sbpf/executable.ts";
import { instructionAt, slotLength, textView, type Instruction } from "../sbpf/instruction.ts";
import { murmur3 } from "../sbpf/murmur3.ts";
import { callTargetRegister, opcodesOf, wideTail, type Opcode } from "../sbpf/opcodes.ts";

/** The parts of an `Executable` that a listing shows. */
export type DisassembledProgram = Pick<Executable, "version" | "text" | "entryPc" | "functions">;

export interface DisassembleOptions {
  /** Names of syscalls, which stand in text as hashes. */
  readonly syscalls?: Iterable<string>;
}

/**
 * Lists a program, a line for each instruction, with labels at its entry, its functions and the targets of its jumps. Slots
 * that no instruction of the version has, or whose unused fields are not 0, become `.fill` with their 64 bits. Total: any
 * text of whole slots has a listing.
 */
export function disassemble(
  { version, text, entryPc, functions }: DisassembledProgram,
  { syscalls = [] }: DisassembleOptions = {},
): string {
  const view = textView(text);
  const slots = Math.floor(text.length / slotLength);
  const opcodes = opcodesOf(version);
  const syscallNames = new Map(Array.from(syscalls, (name) => [murmur3(name), name]));
  const labels = new Map<number, string>();
  const labelOf = (pc: number, prefix: string): string => {
    let label = labels.get(pc);
    if (label === undefined) labels.set(pc, (label = `${prefix}_${pc}`));
    return label;
  };
  if (entryPc < slots) labels.set(entryPc, "entrypoint");

  const jumpTarget = (pc: number, offset: number): string => {
    const target = pc + 1 + offset;
    return target >= 0 && target < slots ? labelOf(target, "lbb") : String(offset);
  };
  const callTarget = (pc: number, { src, immediate }: Instruction): string | undefined => {
    if (version !== 3) {
      const target = functions.get(immediate >>> 0);
      const syscall = syscallNames.get(immediate >>> 0);
      if (target !== undefined && target < slots) return `call ${labelOf(target, "function")}`;
      return syscall === undefined ? undefined : `syscall ${syscall}`;
    }
    const target = pc + 1 + immediate;
    if (src === 1) return target >= 0 && target < slots ? `call ${labelOf(target, "function")}` : `call ${immediate}`;
    return src === 0 ? `syscall ${syscallNames.get(immediate >>> 0) ?? immediate}` : undefined;
  };

  // Once to find all labels, once to write them: a label inside of `lddw` makes two raw slots of it.
  listing();
  const lines = listing();
  return `${lines.flatMap(({ pc, line }) => (labels.has(pc) ? [`${labels.get(pc)}:`, `  ${line}`] : [`  ${line}`])).join("\n")}\n`;

  function listing(): { readonly pc: number; readonly line: string }[] {
    const rows: { readonly pc: number; readonly line: string }[] = [];
    for (let pc = 0; pc < slots; pc++) {
      const slot = instructionAt(view, pc);
      const opcode = opcodes[slot.opcode];
      const isWide = opcode?.form === "wide" && pc + 1 < slots && !labels.has(pc + 1);
      const tail = isWide ? instructionAt(view, pc + 1) : undefined;
      const line = opcode && hasPlainFields(slot, opcode, version) ? lineOf(pc, slot, opcode, tail) : undefined;
      rows.push({ pc, line: line ?? `.fill 1, 0x${view.getBigUint64(pc * slotLength, true).toString(16)}` });
      if (line !== undefined && tail !== undefined) pc++;
    }
    return rows;
  }

  function lineOf(pc: number, slot: Instruction, { name, form }: Opcode, tail: Instruction | undefined): string | undefined {
    const { dst, src, offset, immediate } = slot;
    switch (form) {
      case "wide": {
        if (tail === undefined || tail.opcode !== wideTail || tail.dst !== 0 || tail.src !== 0 || tail.offset !== 0) return undefined;
        const value = BigInt.asUintN(32, BigInt(immediate)) | (BigInt.asUintN(32, BigInt(tail.immediate)) << 32n);
        return `${name} r${dst}, 0x${value.toString(16)}`;
      }
      case "immediate":
        return `${name} r${dst}, ${immediate}`;
      case "register":
        return `${name} r${dst}, r${src}`;
      case "unary":
        return `${name} r${dst}`;
      case "endian":
        return [16, 32, 64].includes(immediate) ? `${name}${immediate} r${dst}` : undefined;
      case "load":
        return `${name} r${dst}, ${memoryOperand(src, offset)}`;
      case "storeImmediate":
        return `${name} ${memoryOperand(dst, offset)}, ${immediate}`;
      case "storeRegister":
        return `${name} ${memoryOperand(dst, offset)}, r${src}`;
      case "jump":
        return `${name} ${jumpTarget(pc, offset)}`;
      case "jumpImmediate":
        return `${name} r${dst}, ${immediate}, ${jumpTarget(pc, offset)}`;
      case "jumpRegister":
        return `${name} r${dst}, r${src}, ${jumpTarget(pc, offset)}`;
      case "call":
        return callTarget(pc, slot);
      case "callRegister": {
        const register = callTargetRegister(version, slot);
        return register >= 0 && register <= maxRegister ? `${name} r${register}` : undefined;
      }
      case "exit":
        return name;
    }
  }
}

const maxRegister = 10;

function memoryOperand(register: number, offset: number): string {
  if (offset === 0) return `[r${register}]`;
  return offset < 0 ? `[r${register}${offset}]` : `[r${register}+${offset}]`;
}

/** Whether the fields that a form does not use are 0, as the assembler writes them, and its registers exist. */
function hasPlainFields({ dst, src, offset, immediate }: Instruction, { form }: Opcode, version: number): boolean {
  const uses = fieldsOf[form];
  const isCallx = form === "callRegister";
  const usesDst = uses.includes("d") || (isCallx && version === 3);
  const usesSrc = uses.includes("s") || (isCallx && version === 2);
  const usesImmediate = uses.includes("i") || (isCallx && version < 2);
  return (
    (usesDst ? dst <= maxRegister : dst === 0) &&
    (usesSrc ? src <= maxRegister : src === 0 || (form === "call" && version === 3)) &&
    (uses.includes("o") || offset === 0) &&
    (usesImmediate || immediate === 0)
  );
}

/** Destination, source, offset, immediate. */
const fieldsOf: Readonly<Record<Opcode["form"], string>> = {
  wide: "di",
  immediate: "di",
  register: "ds",
  unary: "d",
  endian: "di",
  load: "dso",
  storeImmediate: "doi",
  storeRegister: "dso",
  jump: "o",
  jumpImmediate: "doi",
  jumpRegister: "dso",
  call: "i",
  callRegister: "",
  exit: "",
};
