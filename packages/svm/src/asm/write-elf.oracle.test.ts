import { expect, test } from "vitest";
import { compareWithOracle } from "../test/compare-with-oracle.mts";
import { createProgramOracle } from "../test/program-oracle.mts";
import { createInterpreter } from "../sbpf/interpreter.ts";
import { loadProgram } from "../sbpf/load-program.ts";
import { logSyscallHashes } from "../test/run-program.ts";
import { assemble } from "./assemble.ts";
import { writeElf } from "./write-elf.ts";

const source = `
.rodata
unused: .byte 1
greeting: .ascii "hello from .rodata"
.text
function_log:
  syscall sol_log_
  mov64 r0, 0
  exit
entrypoint:
  lddw r1, greeting
  mov64 r2, 18
  call function_log
  mov64 r1, 3
  call function_count
  mov64 r1, r0
  syscall sol_log_64_
  exit
function_count:
  mov64 r0, r1
  jeq r1, 0, done
  add64 r1, -1
  call function_count
  add64 r0, 10
done:
  exit
`;

test.each([0, 1, 2, 3] as const)("V%i: an ELF with data, syscalls, functions and an entrypoint runs in litesvm as here", (version) => {
  const { ours, theirs } = compareWithOracle(
    createProgramOracle(),
    createInterpreter(),
    assemble(source, { version }),
    new Uint8Array(0),
    10_000,
  );
  expect(ours).toEqual(theirs);
  expect(theirs).toMatchObject({ failure: undefined, lines: ["hello from .rodata", expect.any(String)] });
});

test.each([0, 1, 2, 3] as const)("V%i: an ELF is fit for deployment", (version) => {
  const elf = writeElf(assemble(source, { version }));
  expect(loadProgram(elf, { syscalls: logSyscallHashes, rejectBroken: true })).toMatchObject({ kind: "loaded", executable: { version } });
});

test("V0 to V2: a function that calls itself with its first instruction has a relocation of its own", () => {
  for (const version of [0, 1, 2] as const) {
    const { kind, ours, theirs } = compareWithOracle(
      createProgramOracle(),
      createInterpreter(),
      assemble("call f\nexit\nf: call f\nexit", { version }),
      new Uint8Array(0),
      10_000,
    );
    expect([kind, ours]).toEqual(["CallDepthExceeded", theirs]);
  }
});
