import { expect, test } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import { loadProgram, type LoadOptions } from "./load-program.ts";
import { entrypointKey, functionKey, murmur3 } from "./murmur3.ts";

const load = (source: string, version: 0 | 1 | 2 | 3, options: Partial<LoadOptions> = {}) =>
  loadProgram(writeElf(assemble(source, { version })), { syscalls: new Set(), ...options });

test("calls become the keys of their functions", () => {
  const result = load("call f\nexit\nf: exit", 0);
  expect(result).toMatchObject({ kind: "loaded", executable: { version: 0, entryPc: 0 } });
  if (result.kind !== "loaded") return;
  const { text, functions } = result.executable;
  expect(new DataView(text.buffer, text.byteOffset).getUint32(4, true)).toBe(functionKey(2));
  expect([...functions]).toEqual([
    [functionKey(2), 2],
    [entrypointKey, 0],
  ]);
});

test("a function must not have the hash of a syscall", () => {
  const collision = (key: number) => ({
    kind: "invalid",
    error: { name: "SymbolHashCollision", message: `Symbol hash collision 0x${key.toString(16)}` },
  });
  expect(load("call f\nf: exit", 0, { syscalls: new Set([functionKey(1)]) })).toEqual(collision(functionKey(1)));
  expect(load("exit", 2, { syscalls: new Set([entrypointKey]) })).toEqual(collision(entrypointKey));
});

test("a deployment refuses a syscall that does not exist, a program that is there faults at it", () => {
  const source = "mov64 r1, 1\nsyscall sol_future_\nexit";
  expect(load(source, 0, { rejectBroken: true })).toEqual({
    kind: "invalid",
    error: {
      name: "UnresolvedSymbol",
      message: expect.stringMatching(/^Unresolved symbol \(sol_future_\) at instruction #\d+ \(ELF file offset 0x[\da-f]+\)$/),
    },
  });
  expect(load(source, 0).kind).toBe("loaded");
  expect(load(source, 0, { rejectBroken: true, syscalls: new Set([murmur3("sol_future_")]) }).kind).toBe("loaded");
});

test("versions above the highest that runs are refused", () => {
  const refused = {
    kind: "invalid",
    error: { name: "UnsupportedSBPFVersion", message: "Detected sbpf_version required by the executable which are not enabled" },
  };
  expect(load("exit", 3, { maxVersion: 2 })).toEqual(refused);
  expect(load("exit", 2, { maxVersion: 2 }).kind).toBe("loaded");
});
