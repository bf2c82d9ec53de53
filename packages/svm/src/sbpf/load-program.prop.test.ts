import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { disassemble } from "../asm/disassemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import { mutateElf } from "../test/mutate-elf.ts";
import { createRandom } from "../test/random-program.ts";
import { loadProgram } from "./load-program.ts";
import { maxProgramLength } from "./memory-layout.ts";

const syscalls = new Set<number>();
const versions = fc.constantFrom(0, 1, 2, 3) as fc.Arbitrary<0 | 1 | 2 | 3>;

test("any bytes give a value", () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 512 }), fc.uint8Array({ maxLength: 512 }).map(withElfHeader));
  fc.assert(
    fc.property(bytes, fc.boolean(), (elf, rejectBroken) => {
      expect(["loaded", "invalid"]).toContain(loadProgram(elf, { syscalls, rejectBroken }).kind);
    }),
  );
});

test("mutants give a value, and those that load can be listed", () => {
  fc.assert(
    fc.property(versions, fc.integer(), (version, seed) => {
      const elf = writeElf(assemble("call f\nsyscall sol_log_\nf: lddw r1, 5\nexit", { version }));
      const result = loadProgram(mutateElf(elf, createRandom(seed)), { syscalls });
      if (result.kind === "loaded") expect(disassemble(result.executable)).toMatch(/\n$/);
    }),
    { numRuns: 500 },
  );
});

test("an ELF is not changed by loading it, and shares no bytes with what was loaded", () => {
  for (const version of [0, 3] as const) {
    const elf = writeElf(assemble("call f\nf: exit", { version }));
    const before = elf.slice();
    const result = loadProgram(elf, { syscalls });
    expect(elf).toEqual(before);
    if (result.kind !== "loaded") throw new Error("an executable was expected");
    const text = result.executable.text.slice();
    elf.fill(0);
    expect(result.executable.text).toEqual(text);
  }
});

test("an ELF beyond the largest account is refused", () => {
  const elf = new Uint8Array(maxProgramLength + 1);
  elf.set(writeElf(assemble("exit", { version: 3 })));
  expect(loadProgram(elf, { syscalls })).toMatchObject({ kind: "invalid", error: { name: "ValueOutOfBounds" } });
});

function withElfHeader(bytes: Uint8Array): Uint8Array {
  const elf = Uint8Array.from(bytes);
  elf.set(writeElf(assemble("exit")).subarray(0, Math.min(64, elf.length)));
  return elf;
}
