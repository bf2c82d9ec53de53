import { expect, test } from "vitest";
import { pubkeyFromBase58 } from "@trireme/core";
import internal from "litesvm/dist/internal.js";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import { mutateElf } from "../test/mutate-elf.ts";
import { createProgramOracle, oracleSyscallHashes } from "../test/program-oracle.mts";
import { createRandom } from "../test/random-program.ts";
import { loadProgram } from "./load-program.ts";

const source = `
.rodata
greeting: .ascii "hello"
.text
entrypoint:
  lddw r1, greeting
  mov64 r2, 5
  syscall sol_log_
  call function_a
  syscall sol_log_64_
  exit
function_a:
  call function_b
  exit
function_b:
  jeq r0, 1, function_c
function_c:
  call function_c
  exit
`;

const svm = new internal.LiteSvm();
function installedElf(id: string): Uint8Array {
  return svm.getAccount(pubkeyFromBase58(id))!.data();
}

test.each([
  ["V0", writeElf(assemble(source, { version: 0 })), 300],
  ["V1", writeElf(assemble(source, { version: 1 })), 100],
  ["V2", writeElf(assemble(source, { version: 2 })), 100],
  ["V3", writeElf(assemble(source, { version: 3 })), 300],
  ["Memo v4", installedElf("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"), 300],
  ["Memo v1", installedElf("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo"), 300],
])("%s: mutants of an ELF load where litesvm loads them, and are refused in its words", (_, elf, count) => {
  const oracle = createProgramOracle();
  const outcomes = new Set<string>();
  expect(loadProgram(elf, { syscalls: oracleSyscallHashes }).kind).toBe("loaded");
  for (let seed = 0; seed < count; seed++) {
    const mutant = mutateElf(elf, createRandom(seed));
    const result = loadProgram(mutant, { syscalls: oracleSyscallHashes });
    outcomes.add(result.kind === "loaded" ? "loaded" : result.error.name);
    expect([seed, result.kind === "invalid" ? result.error.message : undefined]).toEqual([seed, oracle.install(mutant)]);
  }
  expect(outcomes.size).toBeGreaterThan(3);
});
