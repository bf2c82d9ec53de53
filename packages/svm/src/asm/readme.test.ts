import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadProgram } from "../sbpf/load-program.ts";
import { logSyscallHashes, logSyscalls } from "../test/run-program.ts";
import { assemble } from "./assemble.ts";
import { disassemble } from "./disassemble.ts";
import { writeElf } from "./write-elf.ts";

test("the README's program assembles, loads and can be listed", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, source] = /assemble\(\s*`([^`]*)`/.exec(readme)!;
  const result = loadProgram(writeElf(assemble(source!, { version: 3 })), { syscalls: logSyscallHashes });
  if (result.kind === "invalid") throw new Error(result.error.message);
  expect(disassemble(result.executable, { syscalls: logSyscalls })).toBe(`entrypoint:
  lddw r1, 0x0
  mov64 r2, 5
  call function_5
  exit
function_5:
  syscall sol_log_
  mov64 r0, 0
  exit
`);
});
