/** Runs a program on an engine as the runtime would with an instruction that has no accounts: what an oracle is compared with. */
import type { ComputeMeter, Engine, RunOutcome, Syscall } from "../sbpf/engine.ts";
import type { Executable } from "../sbpf/executable.ts";
import { inputAddress, regionSize } from "../sbpf/memory-layout.ts";
import { murmur3 } from "../sbpf/murmur3.ts";
import { ProgramFault } from "../sbpf/program-fault.ts";

export interface ProgramRun {
  readonly outcome: RunOutcome;
  readonly consumed: number;
  /** Result register; 0 after a fault, when registers mean nothing. */
  readonly result: bigint;
  readonly lines: readonly string[];
}

const textDecoder = new TextDecoder();
const logCost = 100;
const heapLength = 32_768;

/** The two log syscalls, which show registers and memory. */
function createSyscalls(lines: string[]): ReadonlyMap<number, Syscall> {
  const take = (meter: ComputeMeter, units: number) => {
    if (meter.remaining < units) {
      meter.remaining = 0;
      throw new ProgramFault({ kind: "instruction", error: "ComputationalBudgetExceeded", message: "Computational budget exceeded" });
    }
    meter.remaining -= units;
  };
  const log64: Syscall = ({ registers, meter }) => {
    take(meter, logCost);
    const values = [1, 2, 3, 4, 5].map((index) => `0x${whole(registers, index).toString(16)}`);
    lines.push(values.join(", "));
    setResult(registers);
  };
  const log: Syscall = ({ registers, meter, memory }) => {
    const length = registers[4]!;
    take(meter, Math.max(logCost, length));
    const at = memory.translate(registers[2]!, registers[3]!, length, "load");
    lines.push(textDecoder.decode(memory.bytes.subarray(at, at + length)));
    setResult(registers);
  };
  return new Map([
    [murmur3("sol_log_64_"), log64],
    [murmur3("sol_log_"), log],
  ]);
}

/** Names of the syscalls that `runProgram` has. */
export const logSyscalls = ["sol_log_64_", "sol_log_"];
/** Their hashes, for the loader. */
export const logSyscallHashes: ReadonlySet<number> = new Set(logSyscalls.map((name) => murmur3(name)));

/** Runs `executable` with instruction data and a budget of compute units; memory is given back. */
export function runProgram(
  engine: Engine,
  executable: Executable,
  data: Uint8Array,
  program: Uint8Array,
  computeUnits: number,
): ProgramRun {
  const lines: string[] = [];
  const instance = engine.prepare(executable, createSyscalls(lines)).acquire(heapLength);
  const { memory, registers } = instance;
  memory.setInputLength(16 + data.length + program.length);
  memory.view.setBigUint64(memory.inputOffset, 0n, true);
  memory.view.setBigUint64(memory.inputOffset + 8, BigInt(data.length), true);
  memory.bytes.set(data, memory.inputOffset + 16);
  memory.bytes.set(program, memory.inputOffset + 16 + data.length);
  setWhole(registers, 1, inputAddress);
  setWhole(registers, 2, inputAddress + 16);
  const meter = { remaining: computeUnits };
  const outcome = instance.run({ memory, registers, meter });
  const result = outcome.kind === "exit" ? whole(registers, 0) : 0n;
  instance.release();
  return { outcome, consumed: computeUnits - meter.remaining, result, lines };
}

function whole(registers: Uint32Array, index: number): bigint {
  return (BigInt(registers[2 * index + 1]!) << 32n) | BigInt(registers[2 * index]!);
}

function setWhole(registers: Uint32Array, index: number, value: number): void {
  registers[2 * index] = value % regionSize;
  registers[2 * index + 1] = Math.floor(value / regionSize);
}

function setResult(registers: Uint32Array): void {
  registers[0] = 0;
  registers[1] = 0;
}
