export { assemble, type AssembledProgram, type AssembleOptions } from "./asm/assemble.ts";
export { disassemble, type DisassembledProgram, type DisassembleOptions } from "./asm/disassemble.ts";
export type { DataReference, ElfSource, SyscallReference } from "./asm/elf-source.ts";
export { writeElf } from "./asm/write-elf.ts";
export type { ElfError, ElfErrorName } from "./sbpf/elf-error.ts";
export type {
  ComputeMeter,
  Engine,
  GuestMemory,
  Machine,
  PreparedProgram,
  ProgramInstance,
  RunOutcome,
  Syscall,
  SyscallTable,
} from "./sbpf/engine.ts";
export type { Executable, SbpfVersion } from "./sbpf/executable.ts";
export { encodeInstructions, type Instruction } from "./sbpf/instruction.ts";
export { createInterpreter, type InterpreterOptions } from "./sbpf/interpreter.ts";
export { loadProgram, type LoadOptions, type LoadResult } from "./sbpf/load-program.ts";
export { murmur3 } from "./sbpf/murmur3.ts";
export { ProgramFault, type ProgramFaultCause, type VmFaultName } from "./sbpf/program-fault.ts";
export { verify, type VerifierError, type VerifierErrorName } from "./sbpf/verify.ts";
export type { InstructionError } from "./errors/instruction-error.ts";
export type { SolanaTransactionError } from "./errors/transaction-error.ts";
