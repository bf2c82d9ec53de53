/** Runs one program on two engines and tells the first thing in which they differ. */
import { createCompiler } from "../compiler/create-compiler.ts";
import type { Engine, GuestMemory, Machine, PreparedProgram, Syscall } from "../sbpf/engine.ts";
import type { Executable } from "../sbpf/executable.ts";
import { createInterpreter } from "../sbpf/interpreter.ts";
import { heapRegion, inputAddress, inputRegion, regionSize, stackLength, stackRegion } from "../sbpf/memory-layout.ts";
import { murmur3 } from "../sbpf/murmur3.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import type { SvmSyscall } from "../syscalls/guest.ts";
import { memoryCompare, memoryCopy, memoryMove, memorySet } from "../syscalls/memory.ts";
import { structuredInputLength } from "./structured-program.ts";

const heapLength = 32_768;

interface TestMachine extends Machine {
  readonly isAligned: boolean;
  readonly lines: string[];
}

const lineCost = 100;

const syscalls: ReadonlyMap<number, Syscall<TestMachine>> = new Map([
  [
    murmur3("sol_log_64_"),
    ({ registers, meter, lines }: TestMachine) => {
      meter.remaining = Math.max(0, meter.remaining - lineCost);
      lines.push(`${registers.subarray(2, 12).join(" ")}: ${meter.remaining}`);
      registers.fill(0, 0, 2);
    },
  ],
  ...Object.entries({ sol_memcpy_: memoryCopy, sol_memmove_: memoryMove, sol_memset_: memorySet, sol_memcmp_: memoryCompare }).map(
    ([name, run]: [string, SvmSyscall]) =>
      [murmur3(name), (machine: TestMachine) => run(machine as unknown as ProgramMachine)] satisfies [number, Syscall<TestMachine>],
  ),
]);

/** Their hashes, for the loader. */
export const comparedSyscalls: ReadonlySet<number> = new Set(syscalls.keys());

/** What a run leaves. */
interface Trace {
  readonly outcome: string;
  readonly kind: string;
  readonly consumed: number;
  readonly regions: readonly Uint8Array[];
}

export interface Comparison {
  /** Nothing if the engines agree. */
  readonly difference: string | undefined;
  /** How the run ended: `exit`, or the name of the fault. */
  readonly kind: string;
  readonly consumed: number;
}

type SetUp = (registers: Uint32Array, memory: GuestMemory) => void;

/** Two engines with one program each. */
export interface EnginePair {
  /** `setUp` gets each engine's registers and memory once they are as every program finds them. */
  compare(computeUnits: number, setUp?: SetUp): Comparison;
  /** Whether the compiler's next run finds zeros everywhere. */
  isCleared(): boolean;
}

/** Prepares a program on both engines. */
export function createEnginePair(executable: Executable, compiler: Engine = createCompiler()): EnginePair {
  const plain = (createInterpreter() as unknown as Engine<TestMachine>).prepare(executable, syscalls);
  const fast = (compiler as unknown as Engine<TestMachine>).prepare(executable, syscalls);
  return {
    compare(computeUnits, setUp) {
      const left = traceOf(plain, computeUnits, setUp);
      const right = traceOf(fast, computeUnits, setUp);
      const region = left.regions.findIndex((bytes, index) => Buffer.compare(bytes, right.regions[index]!) !== 0);
      let difference: string | undefined;
      if (left.outcome !== right.outcome) difference = `interpreter ${left.outcome}\ncompiler    ${right.outcome}`;
      else if (region >= 0) difference = `memory of region ${["stack", "heap", "input"][region]!} differs after ${left.outcome}`;
      return { difference, kind: left.kind, consumed: left.consumed };
    },
    isCleared() {
      const instance = fast.acquire(heapLength);
      instance.memory.setInputLength(structuredInputLength);
      const isZero = regionsOf(instance.memory).every((bytes) => bytes.every((byte) => byte === 0));
      instance.release();
      return isZero;
    },
  };
}

function traceOf(program: PreparedProgram<TestMachine>, computeUnits: number, setUp?: SetUp): Trace {
  const instance = program.acquire(heapLength);
  const { memory, registers } = instance;
  memory.setInputLength(structuredInputLength);
  for (let index = 0; index < structuredInputLength; index++) memory.bytes[memory.inputOffset + index] = index;
  registers[3] = inputAddress / regionSize;
  setUp?.(registers, memory);
  const meter = { remaining: computeUnits };
  const lines: string[] = [];
  const outcome = instance.run({ memory, registers, meter, lines, isAligned: true });
  const left = outcome.kind === "exit" ? registers.join(" ") : JSON.stringify(outcome.fault);
  const regions = regionsOf(memory);
  // What was looked at is cleared as well: a limit that was not raised would show in the next run.
  instance.release();
  const kind = outcome.kind === "exit" ? "exit" : outcome.fault.kind === "instruction" ? "instruction" : outcome.fault.name;
  return { outcome: `${left}; ${meter.remaining} left; ${lines.join("; ")}`, kind, consumed: computeUnits - meter.remaining, regions };
}

/** Copies of stack, heap and input. */
function regionsOf(memory: GuestMemory): Uint8Array[] {
  return [
    [stackRegion, stackLength],
    [heapRegion, heapLength],
    [inputRegion, structuredInputLength],
  ].map(([region, length]) => {
    const at = memory.translate(0, region!, 1, "load");
    return memory.bytes.slice(at, at + length!);
  });
}
