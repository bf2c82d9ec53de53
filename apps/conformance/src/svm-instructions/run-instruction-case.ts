/** One case on one engine: the instruction, an `exit` behind it, a hundred compute units. */
import { encodeInstructions, verify, type Engine, type Executable, type Instruction, type SbpfVersion } from "@trireme/svm";
import type { InstructionCase } from "./instruction-case.ts";

const computeUnits = 100;
const regionSize = 0x1_0000_0000;
const inputRegion = 4n;
const wideOpcode = 0x18;
const exitInstruction: Instruction = { opcode: 0x95, dst: 0, src: 0, offset: 0, immediate: 0 };

/** What is wrong; nothing if the engine does what the case says. */
export function runInstructionCase(testCase: InstructionCase, version: SbpfVersion, engine: Engine): string | undefined {
  const executable = executableOf(testCase, version);
  const refusal = verify(executable.text, version);
  const { status } = testCase;
  if (refusal !== undefined) return status === "vfy" || status === "vfyub" ? undefined : `expected ${status}, got ${refusal.message}`;
  if (status === "vfy") return "expected the verifier to refuse it, it did not";
  if (status === "vfyub") return undefined;
  const { fault, registers } = execute(testCase, executable, engine);
  if (status === "err") return fault === undefined ? "expected a fault, it ran to the end" : undefined;
  if (fault !== undefined) return `expected it to run to the end, got ${fault}`;
  const wrong = registers.flatMap((value, index) =>
    value === testCase.expectedRegisters[index]
      ? []
      : [`r${index}: expected ${hex(testCase.expectedRegisters[index]!)}, got ${hex(value)}`],
  );
  return wrong.length === 0 ? undefined : wrong.join("; ");
}

function executableOf({ opcode, dst, src, offset, immediate }: InstructionCase, version: SbpfVersion): Executable {
  const low = Number(BigInt.asIntN(32, immediate));
  const tail: Instruction = { opcode: 0, dst: 0, src: 0, offset: 0, immediate: Number(BigInt.asIntN(32, immediate >> 32n)) };
  const text = encodeInstructions([
    { opcode, dst, src, offset, immediate: low },
    ...(opcode === wideOpcode ? [tail] : []),
    exitInstruction,
  ]);
  const isStrict = version === 3;
  return {
    version,
    text,
    textAddress: regionSize,
    entryPc: 0,
    readOnly: isStrict ? new Uint8Array(0) : text,
    readOnlyAddress: isStrict ? 0 : regionSize,
    functions: new Map(),
  };
}

interface Execution {
  readonly fault: string | undefined;
  readonly registers: readonly bigint[];
}

function execute(testCase: InstructionCase, executable: Executable, engine: Engine): Execution {
  const instance = engine.prepare(executable, new Map()).acquire(0);
  const { memory, registers } = instance;
  memory.setInputLength(inputLength(testCase));
  memory.bytes.set(testCase.input.subarray(0, inputLength(testCase)), memory.inputOffset);
  testCase.registers.forEach((value, index) => {
    registers[2 * index] = Number(BigInt.asUintN(32, value));
    registers[2 * index + 1] = Number(value >> 32n);
  });
  const outcome = instance.run({ memory, registers, meter: { remaining: computeUnits } });
  const after = testCase.registers.map((_, index) => (BigInt(registers[2 * index + 1]!) << 32n) | BigInt(registers[2 * index]!));
  instance.release();
  return { fault: outcome.kind === "fault" ? outcome.fault.message : undefined, registers: after };
}

/**
 * An access may not cross a boundary. A case has one access, so it is enough to end the input at the boundary behind the
 * access' first byte.
 */
function inputLength({ input, boundaries, opcode, dst, src, offset, registers }: InstructionCase): number {
  if (boundaries.length === 0) return input.length;
  const isLoad = [0x61, 0x69, 0x71, 0x79, 0x2c, 0x3c, 0x8c, 0x9c].includes(opcode);
  const base = registers[isLoad ? src : dst] ?? 0n;
  const start = BigInt.asUintN(64, base + BigInt.asIntN(16, BigInt(offset))) - (inputRegion << 32n);
  return boundaries.find((boundary) => start >= 0n && start < BigInt(boundary)) ?? Math.min(input.length, boundaries.at(-1)!);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
