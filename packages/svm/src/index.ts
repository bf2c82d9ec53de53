export type { Engine, Machine, Syscall, SyscallTable } from "./sbpf/engine.ts";
export type { Executable, SbpfVersion } from "./sbpf/executable.ts";
export type { InstructionError } from "./errors/instruction-error.ts";
export type { SolanaTransactionError } from "./errors/transaction-error.ts";
