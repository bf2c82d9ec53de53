/** The rules that text must follow before it may run, in the order and with the texts of anza-xyz/sbpf's `RequisiteVerifier`. */
import type { SbpfVersion } from "./executable.ts";
import { instructionAt, slotLength, textView, type Instruction } from "./instruction.ts";
import { addImmediate, callTargetRegister, opcodesOf, wideTail, type ImmediateRule, type InstructionForm } from "./opcodes.ts";

export type VerifierErrorName =
  | "ProgramLengthNotMultiple"
  | "NoProgram"
  | "DivisionByZero"
  | "UnsupportedLEBEArgument"
  | "LDDWCannotBeLast"
  | "IncompleteLDDW"
  | "JumpOutOfCode"
  | "JumpToMiddleOfLDDW"
  | "InvalidSourceRegister"
  | "CannotWriteR10"
  | "InvalidDestinationRegister"
  | "UnknownOpCode"
  | "ShiftWithOverflow"
  | "InvalidRegister"
  | "UnalignedImmediate";

/** Why text was refused. `message` is the line that Agave logs. */
export interface VerifierError {
  readonly name: VerifierErrorName;
  readonly message: string;
}

const framePointer = 10;
const frameAlignment = 64;

/** The first rule that `text` breaks; nothing if it may run. */
export function verify(text: Uint8Array, version: SbpfVersion): VerifierError | undefined {
  if (text.length % slotLength !== 0)
    return refusal("ProgramLengthNotMultiple", `program length must be a multiple of ${slotLength} octets`);
  if (text.length === 0) return refusal("NoProgram", "no program set, call prog_set() to load one");
  const opcodes = opcodesOf(version);
  const view = textView(text);
  const slots = text.length / slotLength;
  for (let pc = 0; pc < slots; pc++) {
    const slot = instructionAt(view, pc);
    const opcode = opcodes[slot.opcode];
    if (opcode === undefined) return refusal("UnknownOpCode", `unknown eBPF opcode 0x${slot.opcode.toString(16)} (insn #${pc})`);
    const { form, rule } = opcode;
    const broken =
      (rule && brokenImmediate(rule, slot, pc)) ??
      brokenForm(form, slot, pc, version, view) ??
      // A bad register of lddw is reported at its second slot, as in verifier.rs.
      brokenRegisters(form, slot, form === "wide" ? pc + 1 : pc, version);
    if (broken) return broken;
    if (form === "wide") pc++;
  }
  return undefined;
}

function brokenForm(form: InstructionForm, slot: Instruction, pc: number, version: SbpfVersion, view: DataView): VerifierError | undefined {
  const slots = view.byteLength / slotLength;
  switch (form) {
    case "wide":
      if (pc + 1 >= slots) return refusal("LDDWCannotBeLast", "LD_DW instruction cannot be last in program");
      if (instructionAt(view, pc + 1).opcode !== wideTail) return refusal("IncompleteLDDW", `incomplete LD_DW instruction (insn #${pc})`);
      return undefined;
    case "jump":
    case "jumpImmediate":
    case "jumpRegister": {
      const target = pc + 1 + slot.offset;
      if (target < 0 || target >= slots) return refusal("JumpOutOfCode", `jump out of code to #${unsigned(target)} (insn #${pc})`);
      if (instructionAt(view, target).opcode === wideTail)
        return refusal("JumpToMiddleOfLDDW", `jump to middle of LD_DW at #${target} (insn #${pc})`);
      return undefined;
    }
    case "callRegister": {
      const register = callTargetRegister(version, slot);
      if (register < 0 || register >= framePointer) return refusal("InvalidRegister", `Invalid register specified at instruction ${pc}`);
      return undefined;
    }
    case "immediate":
      if (movesFramePointer(slot, version) && slot.immediate % frameAlignment !== 0)
        return refusal("UnalignedImmediate", `Unaligned immediate (insn #${pc})`);
      return undefined;
    case "register":
    case "unary":
    case "endian":
    case "load":
    case "storeImmediate":
    case "storeRegister":
    case "call":
    case "exit":
      return undefined;
  }
}

function brokenImmediate(rule: ImmediateRule, { immediate }: Instruction, pc: number): VerifierError | undefined {
  switch (rule) {
    case "nonzero":
      return immediate === 0 ? refusal("DivisionByZero", `division by 0 (insn #${pc})`) : undefined;
    case "width":
      if (immediate === 16 || immediate === 32 || immediate === 64) return undefined;
      return refusal("UnsupportedLEBEArgument", `unsupported argument for LE/BE (insn #${pc})`);
    case "shift32":
    case "shift64": {
      const bits = rule === "shift32" ? 32 : 64;
      if (immediate >= 0 && immediate < bits) return undefined;
      // The two numbers stand in this order in verifier.rs.
      return refusal("ShiftWithOverflow", `Shift with overflow of ${unsigned(immediate)}-bit value by ${bits} (insn #${pc})`);
    }
  }
}

function brokenRegisters(form: InstructionForm, slot: Instruction, pc: number, version: SbpfVersion): VerifierError | undefined {
  if (slot.src > framePointer) return refusal("InvalidSourceRegister", `invalid source register (insn #${pc})`);
  if (slot.dst < framePointer) return undefined;
  if (slot.dst > framePointer) return refusal("InvalidDestinationRegister", `invalid destination register (insn #${pc})`);
  if (form === "storeImmediate" || form === "storeRegister" || movesFramePointer(slot, version)) return undefined;
  return refusal("CannotWriteR10", `cannot write into register r10 (insn #${pc})`);
}

/** SIMD-0166: in V1 and V2 a function makes its own frame. */
function movesFramePointer({ opcode, dst }: Instruction, version: SbpfVersion): boolean {
  return (version === 1 || version === 2) && opcode === addImmediate && dst === framePointer;
}

function unsigned(value: number): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

function refusal(name: VerifierErrorName, message: string): VerifierError {
  return { name, message: `Verifier error: ${message}` };
}
