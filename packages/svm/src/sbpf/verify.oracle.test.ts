import { expect, test } from "vitest";
import { writeElf } from "../asm/write-elf.ts";
import { createProgramOracle } from "../test/program-oracle.mts";
import { createRandom } from "../test/random-program.ts";
import type { SbpfVersion } from "./executable.ts";
import { encodeInstructions, type Instruction } from "./instruction.ts";
import { loadProgram } from "./load-program.ts";
import { opcodesOf } from "./opcodes.ts";
import { verify } from "./verify.ts";

const versions = [0, 1, 2, 3] as const;
const exit: Instruction = { opcode: 0x95, dst: 0, src: 0, offset: 0, immediate: 0 };

/** Mostly opcodes and registers that exist. */
function randomSlots(version: SbpfVersion, seed: number): Instruction[] {
  const random = createRandom(seed);
  const known = opcodesOf(version).flatMap((opcode, number) => (opcode === undefined ? [] : [number]));
  return Array.from({ length: 1 + random.below(6) }, () => ({
    opcode: random.below(5) === 0 ? random.below(256) : random.pick(known),
    dst: random.below(random.below(3) === 0 ? 16 : 10),
    src: random.below(random.below(3) === 0 ? 16 : 11),
    offset: random.below(2) === 0 ? 0 : random.below(8) - 4,
    immediate: random.pick([0, 1, 16, 32, 63, 64, -1, 8, 128, 5]),
  }));
}

test.each(versions)("V%i: accepts what litesvm accepts, and refuses the rest with its words", (version) => {
  const oracle = createProgramOracle();
  const refusals = new Set<string>();
  for (let seed = 0; seed < 400; seed++) {
    const elf = writeElf({ version, text: encodeInstructions([...randomSlots(version, seed * 7 + version), exit]) });
    const result = loadProgram(elf, { syscalls: new Set() });
    if (result.kind === "invalid") refusals.add(result.error.name);
    expect([seed, result.kind === "invalid" ? result.error.message : undefined]).toEqual([seed, oracle.install(elf)]);
  }
  expect(refusals.size).toBeGreaterThan(8);
});

test("text must be whole slots, and not empty", () => {
  expect(verify(new Uint8Array(0), 0)?.name).toBe("NoProgram");
  expect(verify(new Uint8Array(9), 3)?.name).toBe("ProgramLengthNotMultiple");
});
