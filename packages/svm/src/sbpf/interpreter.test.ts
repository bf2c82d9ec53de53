import { expect, test } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import type { Machine, Syscall } from "./engine.ts";
import { createInterpreter } from "./interpreter.ts";
import { loadProgram } from "./load-program.ts";
import { murmur3 } from "./murmur3.ts";
import { ProgramFault } from "./program-fault.ts";

function executableOf(source: string) {
  const loaded = loadProgram(writeElf(assemble(source, { version: 0 })), { syscalls: new Set([murmur3("sol_test_")]) });
  if (loaded.kind === "invalid") throw new Error(loaded.error.message);
  return loaded.executable;
}

function run(source: string, syscall: Syscall) {
  const instance = createInterpreter()
    .prepare(executableOf(source), new Map([[murmur3("sol_test_"), syscall]]))
    .acquire(32_768);
  const machine: Machine = { memory: instance.memory, registers: instance.registers, meter: { remaining: 100 } };
  return { machine, run: () => instance.run(machine) };
}

test("a syscall sees exact units, reads r1 to r5, writes r0 and moves the meter", () => {
  let seen: number | undefined;
  const { machine, run: go } = run("mov64 r1, 5\nsyscall sol_test_\nadd64 r0, 1\nexit", ({ meter, registers }) => {
    seen = meter.remaining;
    registers[0] = registers[2]! * 2;
    registers[1] = 1;
    meter.remaining -= 50;
  });
  expect(go()).toEqual({ kind: "exit" });
  expect([seen, machine.meter.remaining, machine.registers[0], machine.registers[1]]).toEqual([98, 46, 11, 1]);
});

test("a syscall's fault ends the program, a fault of the host passes through", () => {
  const fault = { kind: "syscall", name: "Abort", message: "SBF program panicked" } as const;
  const { machine, run: go } = run("syscall sol_test_\nexit", () => {
    throw new ProgramFault(fault);
  });
  expect([go(), machine.meter.remaining]).toEqual([{ kind: "fault", fault }, 99]);
  const hostFault = new Error("disk");
  const broken = run("syscall sol_test_\nexit", () => {
    throw hostFault;
  });
  expect(broken.run).toThrow(hostFault);
});

test("the trace shows registers and slot before every instruction", () => {
  const trace: (readonly [number, bigint])[] = [];
  const engine = createInterpreter({ onInstruction: (registers, pc) => void trace.push([pc, registers[0]!]) });
  const instance = engine.prepare(executableOf("mov64 r0, 5\nlddw r1, 7\nja next\nnext: exit"), new Map()).acquire(32_768);
  instance.run({ memory: instance.memory, registers: instance.registers, meter: { remaining: 100 } });
  expect(trace).toEqual([
    [0, 0n],
    [1, 5n],
    [3, 5n],
    [4, 5n],
  ]);
});

test("instances run side by side, and memory that was given back is clean", () => {
  const prepared = createInterpreter().prepare(executableOf("ldxdw r0, [r10-8]\nadd64 r0, 1\nstxdw [r10-8], r0\nexit"), new Map());
  const results = [prepared.acquire(32_768), prepared.acquire(32_768)].map((instance) => {
    instance.run({ memory: instance.memory, registers: instance.registers, meter: { remaining: 100 } });
    const result = instance.registers[0];
    instance.release();
    return result;
  });
  const again = prepared.acquire(32_768);
  again.run({ memory: again.memory, registers: again.registers, meter: { remaining: 100 } });
  expect([...results, again.registers[0]]).toEqual([1, 1, 1]);
});
