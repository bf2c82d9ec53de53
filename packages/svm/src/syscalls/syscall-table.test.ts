import { blake3 } from "@noble/hashes/blake3.js";
import { systemProgram } from "@trireme/core";
import { expect, it } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import { createSvmOf } from "../environment.ts";
import { createInterpreter } from "../sbpf/interpreter.ts";
import { loadProgram } from "../sbpf/load-program.ts";
import { createSvmWorld } from "../test/svm-world.mts";
import { testSigner } from "../transaction/signed-message.mts";
import { createSyscallTable, inactiveSyscalls, runtimeSyscalls, type InactiveSyscall } from "./syscall-table.ts";

it("a program that calls what mainnet does not have is not deployed", () => {
  const syscalls = createSyscallTable(runtimeSyscalls);
  for (const [name, { feature }] of Object.entries(inactiveSyscalls)) {
    expect(feature.length).toBeGreaterThan(0);
    for (const version of [0, 3] as const) {
      const elf = writeElf(assemble(`call ${name}\nexit`, { version }));
      const result = loadProgram(elf, { syscalls, rejectBroken: true });
      // In V3 the call is found out when it is made.
      expect(result.kind).toBe(version === 0 ? "invalid" : "loaded");
    }
  }
});

it("sol_blake3 hashes slices, once it is on", () => {
  const { syscall } = inactiveSyscalls["sol_blake3"] as Required<InactiveSyscall>;
  const parts = { engine: createInterpreter(), syscalls: [runtimeSyscalls, { sol_blake3: syscall }], precompiles: new Map() };
  const world = createSvmWorld(createSvmOf({}, parts));
  const [payer, program] = [testSigner(1).pubkey, testSigner(2).pubkey];
  world.setAccount({ key: payer, owner: systemProgram, lamports: 1_000_000_000n, data: new Uint8Array(0), executable: false });
  const source = `
    lddw r1, 0x300000000
    stxdw [r1+0], r2
    ldxdw r3, [r2-8]
    stxdw [r1+8], r3
    mov64 r2, 1
    mov64 r3, r1
    add64 r3, 16
    call sol_blake3
    lddw r1, 0x300000010
    mov64 r2, 32
    call sol_set_return_data
    mov64 r0, 0
    exit`;
  world.install({ id: program, elf: writeElf(assemble(source)), loader: 2 });
  const data = Uint8Array.from({ length: 100 }, (_, index) => index);
  const { result, units } = world.send(payer, [{ program, accounts: [], data }]);
  expect(result).toMatchObject({ kind: "success", output: blake3(data) });
  // 13 instructions, 85 and half a unit per byte for the hash, 100 for the answer.
  expect(units).toBe(13n + 85n + 50n + 100n);
});
