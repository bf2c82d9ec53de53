import { expect, test } from "vitest";
import { writeElf } from "../asm/write-elf.ts";
import type { Executable } from "../sbpf/executable.ts";
import { loadProgram } from "../sbpf/load-program.ts";
import { comparedSyscalls, createEnginePair } from "../test/compare-engines.ts";
import { hostileProgram, hostileShapes } from "../test/hostile-programs.ts";
import { compileProgram } from "./compile-program.ts";
import { createCompiler } from "./create-compiler.ts";
import { readProgram } from "./program-text.ts";

function load(shape: string, length: number, seed = 1): Executable {
  const loaded = loadProgram(writeElf(hostileProgram(shape, length, seed)), { syscalls: comparedSyscalls });
  if (loaded.kind === "invalid") throw new Error(`${shape}: ${loaded.error.message}`);
  return loaded.executable;
}

function forbid(reason: string): never {
  throw new Error(reason);
}

test("short hostile programs are translated, and run as in the interpreter", { timeout: 60_000 }, () => {
  for (const shape of hostileShapes) {
    for (const seed of [1]) {
      const pair = createEnginePair(load(shape, 3000, seed), createCompiler({ onInterpreted: forbid }));
      for (const units of [0, 1, 60, 2000]) expect([shape, pair.compare(units).difference]).toEqual([shape, undefined]);
      expect(pair.isCleared()).toBe(true);
    }
  }
});

test("long ones are translated where that is cheap, else interpreted: with the same results", { timeout: 60_000 }, () => {
  const reasons: Record<string, string> = {};
  for (const shape of hostileShapes) {
    const compiler = createCompiler({ onInterpreted: (reason) => (reasons[shape] = reason.replaceAll(/\d[\d,]*/g, "#")) });
    const pair = createEnginePair(load(shape, 0x1_0000), compiler);
    for (const units of [50, 3000]) expect([shape, pair.compare(units).difference]).toEqual([shape, undefined]);
    expect(pair.isCleared()).toBe(true);
  }
  const functions = "at most # functions are translated of # slots, there are #";
  const nesting = "functions of # blocks are translated, or several of fewer; squared, theirs make #";
  expect(reasons).toEqual({
    "random jumps": nesting,
    "random short jumps": nesting,
    calls: functions,
    "calls in order": functions,
    "calls of addresses": functions,
    "a chain of branches": nesting,
    "jumps back": nesting,
    "ladder of branches": nesting,
  });
});

test("text beyond 1 MiB is interpreted", () => {
  const reasons: string[] = [];
  const compiler = createCompiler({ onInterpreted: (reason) => reasons.push(reason) });
  const pair = createEnginePair(load("constants", 0x10_0010), compiler);
  expect(pair.compare(100)).toMatchObject({ difference: undefined, consumed: 100 });
  expect(pair.compare(20)).toMatchObject({ difference: undefined, consumed: 20 });
  expect(reasons).toEqual(["at most 131072 slots of text are translated, there are 131074"]);
});

test("units run out anywhere in a long line", () => {
  const pair = createEnginePair(load("stores and loads", 24_000));
  for (const units of [1023, 1024, 1025, 2047, 2049, 2500, 2998]) expect(pair.compare(units).difference).toBeUndefined();
});

test("what onInterpreted throws comes out of acquire", () => {
  const program = createCompiler({ onInterpreted: forbid }).prepare(load("calls", 0x1_0000), new Map());
  expect(() => program.acquire(32_768)).toThrow(/functions are translated/);
});

test("translated code grows with the text alone", () => {
  for (const shape of hostileShapes.filter((name) => /^(functions of|short functions|constants|stores|divisions)/.test(name))) {
    const executable = load(shape, 20_000);
    const text = readProgram(executable, new Map(), false);
    const { bytes } = compileProgram(text, executable, new Map(), new Map());
    expect([shape, bytes.length < 12_000 + 48 * text.length]).toEqual([shape, true]);
  }
});
