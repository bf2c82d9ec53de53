export { createSvm, type SvmOptions } from "./environment.ts";
export { svm } from "./svm.ts";
export { assemble, type AssembledProgram, type AssembleOptions } from "./asm/assemble.ts";
export { disassemble, type DisassembledProgram, type DisassembleOptions } from "./asm/disassemble.ts";
export type { DataReference, ElfSource, SyscallReference } from "./asm/elf-source.ts";
export { writeElf } from "./asm/write-elf.ts";
export { createCompiler, type CompilerOptions } from "./compiler/create-compiler.ts";
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
export { findProgramAddress } from "./runtime/program-address.ts";
export { errorOfProgram } from "./runtime/program-result.ts";
export { instructionErrorText } from "./errors/instruction-error-text.ts";
export { transactionErrorText } from "./errors/transaction-error-text.ts";
export { decodeGatewayCall, encodeGatewayCall, type GatewayCall } from "./call-gateway/call-gateway-data.ts";
export { contractErrors } from "./runtime/contract-call.ts";
export { programIds, sysvarIds, tokenProgramIds } from "./known-keys.ts";
export type { GenesisProgram } from "./programs/install-programs.ts";
export { missingPrograms, type StandardProgram } from "./programs/standard-programs.ts";
export { feeOfWire, nextBlock, type StorageSite } from "./queries/message-fee.ts";
export { readSolanaAccount, readSolanaAccountAt, type AccountSite, type SolanaAccount } from "./queries/solana-account.ts";
export { solana } from "./solana.ts";
export { minimumBalance } from "./sysvars/rent.ts";
export { decodeSolanaTransaction, solanaAlias, solanaDialect, type DecodeOptions } from "./transaction/decode-transaction.ts";
export { decodeWire, type WireDecoded } from "./transaction/decode-wire.ts";
export { encodeMessage, encodeWire } from "./transaction/encode-wire.ts";
export { isRecentBlockhash, maxBlockhashAge, type WindowHost } from "./transaction/history-window.ts";
export type { SolanaTransactionContext } from "./transaction/solana-transaction-context.ts";
export { messageAccounts, type LoadedAddresses } from "./transaction/message-accounts.ts";
export { createSolanaFormat } from "./transaction/solana-format.ts";
export type {
  CompiledInstruction,
  MessageConfig,
  MessageVersion,
  SolanaMessage,
  TableLookup,
  WireTransaction,
} from "./transaction/solana-message.ts";
export { decodeSolanaReceipt, type CompiledInnerInstruction, type SolanaReceipt, type TokenBalance } from "./transaction/solana-receipt.ts";
export type { MessageAccount, SolanaTransaction } from "./transaction/solana-transaction.ts";
