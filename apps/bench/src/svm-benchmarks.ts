/** sBPF loops: the compiler, litesvm's JIT, the interpreter. */
import {
  assemble,
  createCompiler,
  createInterpreter,
  loadProgram,
  murmur3,
  writeElf,
  type Engine,
  type Executable,
  type Syscall,
  type SyscallTable,
} from "@trireme/svm";
import { rate, type Benchmark, type Column } from "./measure.ts";
import { createPeerProgram } from "./svm-litesvm.ts";
import { loops, loopSource, type Loop } from "./svm-loops.ts";

const unitsPerCall = 100;
const units = 2 ** 50;
const heapLength = 32_768;
/** Input of an instruction without accounts: their number, the length of the data, the data, the program. */
const dataOffset = 16;
const inputLength = dataOffset + 8 + 32;
const fastRounds = 2_000_000;
const plainRounds = 5_000;
const million = 1_000_000;

/** The benchmarks of the SVM. */
export function createSvmBenchmarks(): readonly Benchmark[] {
  return loops.flatMap((loop) => ([0, 3] as const).map((version) => loopBenchmark(loop, version)));
}

function loopBenchmark(loop: Loop, version: 0 | 3): Benchmark {
  const elf = writeElf(assemble(loopSource(loop), { version }));
  const loaded = loadProgram(elf, { syscalls: new Set(syscalls.keys()) });
  if (loaded.kind === "invalid") throw new Error(`${loop.name}: ${loaded.error.message}`);
  const peer = createPeerProgram(elf);
  const columns: Column[] = [
    ourColumn(loop, createCompiler(), loaded.executable, fastRounds),
    { name: "litesvm's JIT", run: column(loop, fastRounds, (data) => peer.run(data)) },
    ourColumn(loop, createInterpreter(), loaded.executable, plainRounds),
  ];
  return { name: `${loop.name}, V${version}`, unit: "million instructions/s", higherIsBetter: true, aim: loop.aim, columns };
}

function ourColumn(loop: Loop, engine: Engine, executable: Executable, rounds: number): Column {
  const program = engine.prepare(executable, syscalls);
  const run = (data: Uint8Array): number => {
    const instance = program.acquire(heapLength);
    const { memory, registers } = instance;
    memory.setInputLength(inputLength);
    memory.bytes.set(data, memory.inputOffset + dataOffset);
    registers.set([0, 4, dataOffset, 4], 2);
    const meter = { remaining: units };
    const outcome = instance.run({ memory, registers, meter });
    instance.release();
    if (outcome.kind === "fault") throw new Error(outcome.fault.message);
    return units - meter.remaining;
  };
  return { name: `trireme, ${engine.name}`, run: column(loop, rounds, run) };
}

/** Instructions per second, by the units that a run says it took. */
function column({ instructions, extraUnits = 0 }: Loop, rounds: number, run: (data: Uint8Array) => number): Column["run"] {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigUint64(0, BigInt(rounds), true);
  const expected = rounds * (instructions + extraUnits);
  return (milliseconds) =>
    rate(
      milliseconds,
      (rounds * instructions) / million,
      () => {},
      () => {
        const consumed = run(data);
        if (consumed < expected || consumed > expected + 100) throw new Error(`expected about ${expected} units, got ${consumed}`);
      },
    );
}

const stackHeight: Syscall = ({ registers, meter }) => {
  meter.remaining -= unitsPerCall;
  registers[0] = 1;
  registers[1] = 0;
};

/** The plain form; the compiler has its own. */
const copy: Syscall = ({ registers, meter, memory }) => {
  const length = registers[6]!;
  meter.remaining -= Math.max(10, Math.floor(length / 250));
  const destination = memory.translate(registers[2]!, registers[3]!, length, "store");
  const source = memory.translate(registers[4]!, registers[5]!, length, "load");
  memory.bytes.copyWithin(destination, source, source + length);
  registers.fill(0, 0, 2);
};

const syscalls: SyscallTable = new Map([
  [murmur3("sol_get_stack_height"), stackHeight],
  [murmur3("sol_memcpy_"), copy],
]);
