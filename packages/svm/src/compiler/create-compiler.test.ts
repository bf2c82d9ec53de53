import { expect, test } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import type { Machine, PreparedProgram, Syscall } from "../sbpf/engine.ts";
import type { Executable, SbpfVersion } from "../sbpf/executable.ts";
import { createInterpreter } from "../sbpf/interpreter.ts";
import { loadProgram } from "../sbpf/load-program.ts";
import { murmur3 } from "../sbpf/murmur3.ts";
import { createCompiler } from "./create-compiler.ts";

const hash = murmur3("sol_log_64_");

function load(source: string, version: SbpfVersion = 0): Executable {
  const loaded = loadProgram(writeElf(assemble(source, { version })), { syscalls: new Set([hash]) });
  if (loaded.kind === "invalid") throw new Error(loaded.error.message);
  return loaded.executable;
}

function run(program: PreparedProgram, units = 100_000, during?: Syscall) {
  const instance = program.acquire(32_768);
  const { memory, registers } = instance;
  const meter = { remaining: units };
  const machine: Machine = { memory, registers, meter };
  during?.(machine);
  const outcome = instance.run(machine);
  instance.release();
  // Registers say something after an exit only.
  return { outcome, left: meter.remaining, result: outcome.kind === "exit" ? registers[0]! : undefined };
}

/** Counts how often its stack and heap were touched before: once more each time unless they read as zeros. */
const counting = `
  ldxdw r1, [r10-8]
  add64 r1, 1
  stxdw [r10-8], r1
  lddw r2, 0x300000010
  ldxdw r3, [r2+0]
  add64 r3, 1
  stxdw [r2+0], r3
  mov64 r0, r1
  add64 r0, r3
  exit`;

test("a memory that is used again reads as zeros, by the same program or by another one", () => {
  const engine = createCompiler({ idleInstances: 1 });
  // The second one finds in a map of the memory what callx may call: nothing of it may be left for the others.
  const lastSlot = 13;
  const calling = `lddw r2, ${load(counting).textAddress + 8 * lastSlot}\n callx r2\n${counting}`;
  const programs = [0, 0, 3].map((version, index) =>
    engine.prepare(load(index === 1 ? calling : counting, version === 0 ? 0 : 3), new Map()),
  );
  for (let round = 0; round < 3; round++) {
    for (const program of [...programs, ...programs.toReversed()]) {
      const { outcome, result } = run(program);
      expect([outcome, result]).toEqual([{ kind: "exit" }, 2]);
    }
  }
});

test("70 programs five deep within one another, with 8 idle instances", () => {
  const engine = createCompiler({ idleInstances: 8 });
  const depth = 5;
  const programs: PreparedProgram[] = [];
  let open = 0;
  let most = 0;
  const nested: Syscall = ({ registers, meter }) => {
    open++;
    most = Math.max(most, open);
    const next = programs[(registers[2]! + open) % programs.length]!;
    const inner = open < depth ? run(next, meter.remaining, (machine) => void (machine.registers[2] = registers[2]!)) : undefined;
    open--;
    registers[0] = 1 + (inner?.result ?? 0);
    registers[1] = 0;
    if (inner !== undefined) meter.remaining = inner.left;
  };
  for (let index = 0; index < 70; index++) {
    // A program may also meet itself further out.
    programs.push(
      engine.prepare(
        load(`${index % 2 === 0 ? "mov64 r6, r6" : ""}\n stxdw [r10-8], r1\n call sol_log_64_\n exit`),
        new Map([[hash, nested]]),
      ),
    );
  }
  for (let index = 0; index < programs.length; index++) {
    const { outcome, result } = run(programs[index]!, 1000, (machine) => void (machine.registers[2] = index));
    expect([outcome.kind, result]).toEqual(["exit", depth]);
  }
  expect(most).toBe(depth);
});

test("the same program runs inside itself", () => {
  const program: PreparedProgram = createCompiler().prepare(
    load(`stxdw [r10-8], r1\n mov64 r6, r1\n call sol_log_64_\n ldxdw r1, [r10-8]\n add64 r0, r1\n add64 r0, r6\n exit`),
    new Map<number, Syscall>([
      [
        hash,
        ({ registers, meter }) => {
          const level = registers[2]!;
          registers[0] = level === 0 ? 0 : run(program, meter.remaining, (machine) => void (machine.registers[2] = level - 1)).result!;
          registers[1] = 0;
        },
      ],
    ]),
  );
  expect(run(program, 1000, (machine) => void (machine.registers[2] = 4)).result).toBe(2 * (4 + 3 + 2 + 1));
});

test("exceptions that are no fault of the program pass through", () => {
  const overflow: Syscall = () => overflow({} as Machine);
  const program = createCompiler().prepare(load("call sol_log_64_\n exit"), new Map([[hash, overflow]]));
  expect(() => run(program)).toThrow(RangeError);
});

test("callx reaches the middle of functions, of loops and of lddw as the interpreter does", () => {
  for (let slot = -1; slot < 22; slot++) {
    const source = `
      mov64 r6, 3
      lddw r2, 0x100000040
      mov64 r3, ${slot}
      lsh64 r3, 3
      add64 r2, r3
      callx r2
      mov64 r0, r1
      exit
    f:
      mov64 r1, 1
      lddw r4, 0x123456789
    again:
      add64 r1, r4
      add64 r6, -1
      jsgt r6, 0, again
      jeq r6, 0, done
      mov64 r1, 9
      call g
    done:
      exit
    g:
      add64 r1, 5
      exit`;
    const executable = load(source);
    for (const units of [17, 200]) {
      const [left, right] = [createInterpreter(), createCompiler()].map((engine) => run(engine.prepare(executable, new Map()), units));
      expect(right).toEqual(left);
    }
  }
});

test("64 frames are open at most", () => {
  for (const version of [0, 1, 2, 3] as const) {
    const executable = load(
      `entrypoint:\n mov64 r6, r1\n call f\n exit\nf:\n add64 r0, 1\n jge r0, 63, done\n call f\ndone:\n exit`,
      version,
    );
    const deeper = load(`entrypoint:\n call f\n exit\nf:\n add64 r0, 1\n jge r0, 64, done\n call f\ndone:\n exit`, version);
    const program = createCompiler();
    expect(run(program.prepare(executable, new Map())).outcome).toEqual({ kind: "exit" });
    expect(run(program.prepare(deeper, new Map()))).toEqual(run(createInterpreter().prepare(deeper, new Map())));
    expect(run(program.prepare(deeper, new Map())).outcome).toMatchObject({ fault: { name: "CallDepthExceeded" } });
  }
});

test("a long input makes the memory grow", () => {
  const program = createCompiler().prepare(load("ldxdw r0, [r1+0]\n exit"), new Map());
  const length = 40 * 1024 * 1024;
  const instance = program.acquire(32_768);
  instance.memory.setInputLength(length);
  instance.memory.bytes[instance.memory.inputOffset + length - 8] = 7;
  const { memory, registers } = instance;
  registers.set([length - 8, 4], 2);
  expect(instance.run({ memory, registers, meter: { remaining: 10 } })).toEqual({ kind: "exit" });
  expect(registers[0]).toBe(7);
  instance.release();
});
