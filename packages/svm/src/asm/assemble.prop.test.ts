import * as fc from "fast-check";
import { isTriremeError } from "@trireme/core";
import { expect, test } from "vitest";
import { loadProgram } from "../sbpf/load-program.ts";
import { logSyscallHashes, logSyscalls } from "../test/run-program.ts";
import { createRandom, randomProgram } from "../test/random-program.ts";
import { assemble } from "./assemble.ts";
import { disassemble } from "./disassemble.ts";
import { writeElf } from "./write-elf.ts";

const versions = fc.constantFrom(0, 1, 2, 3) as fc.Arbitrary<0 | 1 | 2 | 3>;

test("a listing of any V3 text assembles to that text", () => {
  const slots = fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }), { maxLength: 20 });
  const nearSlots = fc.array(
    fc.tuple(
      fc.constantFrom(0x85, 0x18, 0x05, 0x15, 0x00, 0x8d, 0x95, 0x07, 0x7b, 0xd4),
      fc.integer({ min: 0, max: 0xbb }),
      fc.integer({ min: -9, max: 9 }),
    ),
    { maxLength: 20 },
  );
  const built = nearSlots.map((rows) =>
    rows.map(([opcode, registers, value]) =>
      Uint8Array.of(
        opcode,
        registers,
        value & 255,
        (value >> 8) & 255,
        value & 255,
        (value >> 31) & 255,
        (value >> 31) & 255,
        (value >> 31) & 255,
      ),
    ),
  );
  fc.assert(
    fc.property(fc.oneof(slots, built), fc.nat(20), (rows, entry) => {
      const text = Uint8Array.from(rows.flatMap((row) => [...row]));
      const entryPc = rows.length === 0 ? 0 : entry % rows.length;
      const listing = disassemble({ version: 3, text, entryPc, functions: new Map() }, { syscalls: logSyscalls });
      const assembled = assemble(listing, { version: 3 });
      expect(assembled.text).toEqual(text);
      expect(assembled.entryPc).toBe(entryPc);
    }),
    { numRuns: 300 },
  );
});

test("a listing of a loaded program assembles, links and loads to the same program", () => {
  fc.assert(
    fc.property(versions, fc.integer(), fc.integer({ min: 1, max: 80 }), (version, seed, length) => {
      const load = (source: Parameters<typeof writeElf>[0]) => {
        const result = loadProgram(writeElf(source), { syscalls: logSyscallHashes, rejectBroken: true });
        if (result.kind === "invalid") throw new Error(result.error.message);
        return result.executable;
      };
      const executable = load(randomProgram(version, createRandom(seed), length));
      const again = load(assemble(disassemble(executable, { syscalls: logSyscalls }), { version }));
      expect(again.text).toEqual(executable.text);
      expect(new Map(again.functions)).toEqual(new Map(executable.functions));
      expect(again.entryPc).toBe(executable.entryPc);
    }),
    { numRuns: 200 },
  );
});

test("any text assembles or is refused with its line", () => {
  const words = fc.constantFrom(
    "mov64",
    "r1",
    "r10",
    ",",
    "[r2+8]",
    "5",
    "-1",
    "0x",
    "label",
    ":",
    ".fill",
    ".rodata",
    ".ascii",
    '"',
    "\\",
    "\n",
    "call",
    "lddw",
    "jeq",
    ";",
    " ",
  );
  fc.assert(
    fc.property(
      versions,
      fc.oneof(
        fc.string(),
        fc.array(words).map((parts) => parts.join(" ")),
      ),
      (version, source) => {
        try {
          expect(assemble(source, { version }).text.length % 8).toBe(0);
        } catch (error) {
          if (!isTriremeError(error)) throw error;
          expect(error.message).toMatch(/^line \d+: /);
        }
      },
    ),
    { numRuns: 500 },
  );
});
