/** How a program stops before its `exit`. */
import type { InstructionError } from "../errors/instruction-error.ts";

/** What a program of sBPF can break, as anza-xyz/sbpf's `EbpfError` names it. */
export type VmFaultName =
  | "DivideByZero"
  | "DivideOverflow"
  | "ExecutionOverrun"
  | "CallOutsideTextSegment"
  | "CallDepthExceeded"
  | "ExceededMaxInstructions"
  | "UnsupportedInstruction"
  | "InvalidInstruction"
  | "AccessViolation"
  | "StackAccessViolation";

/**
 * Why a program stopped. `vm`: it broke a rule of the machine, all its units are spent. `syscall`: a syscall refused with
 * an error of its own (`Abort`, `InvalidString`, ...). `instruction`: a syscall ended the instruction with a Solana error.
 * `message` is the text of Agave's log line.
 */
export type ProgramFaultCause =
  | { readonly kind: "vm"; readonly name: VmFaultName; readonly message: string }
  | { readonly kind: "syscall"; readonly name: string; readonly message: string }
  | { readonly kind: "instruction"; readonly error: InstructionError; readonly message: string };

/** Thrown by syscalls and memory translation, caught by the engine that runs the program; never leaves `ProgramInstance.run`. */
export class ProgramFault extends Error {
  readonly fault: ProgramFaultCause;

  constructor(fault: ProgramFaultCause) {
    super(fault.message);
    this.fault = fault;
  }
}
