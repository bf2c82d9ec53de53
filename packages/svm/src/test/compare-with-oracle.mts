/** One program on an engine of ours and in litesvm, with all that can be seen of it. */
import { writeElf } from "../asm/write-elf.ts";
import type { ElfSource } from "../asm/elf-source.ts";
import type { Engine } from "../sbpf/engine.ts";
import { loadProgram } from "../sbpf/load-program.ts";
import { oracleSyscallHashes, type OracleRun, type ProgramOracle } from "./program-oracle.mts";
import { runProgram } from "./run-program.ts";

export interface Comparison {
  /** `exit`, or the name of the fault. */
  readonly kind: string;
  readonly ours: OracleRun;
  readonly theirs: OracleRun;
}

/** Runs a program that both must accept. */
export function compareWithOracle(oracle: ProgramOracle, engine: Engine, source: ElfSource, data: Uint8Array, units: number): Comparison {
  const elf = writeElf(source);
  const refusal = oracle.install(elf);
  const loaded = loadProgram(elf, { syscalls: oracleSyscallHashes });
  if (loaded.kind === "invalid") throw new Error(`refused: ${loaded.error.message}`);
  if (refusal !== undefined) throw new Error(`litesvm refused: ${refusal}`);
  const { outcome, consumed, lines, result } = runProgram(engine, loaded.executable, data, oracle.program(), units);
  const theirs = oracle.run(data, units);
  const failure = outcome.kind === "fault" ? outcome.fault.message : failureOfResult(result, theirs);
  const kind = outcome.kind === "fault" ? ("name" in outcome.fault ? outcome.fault.name : outcome.fault.message) : "exit";
  return { kind, ours: { failure, consumed, lines }, theirs };
}

/** A result of 32 bits is a program's own error; those above are Solana's, or nonsense: only that it failed is compared. */
function failureOfResult(result: bigint, theirs: OracleRun): string | undefined {
  if (result === 0n) return undefined;
  return result < 1n << 32n ? `custom program error: 0x${result.toString(16)}` : (theirs.failure ?? "an error was expected");
}
