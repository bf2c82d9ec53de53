import { bytesToHex, hexToBytes, toAddress, type Address, type ExecutionResult, type Host } from "@trireme/core";
import { createModelHost, testBlock, testTransaction, type ModelHost } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import { createSvm } from "../environment.ts";
import { installPrograms } from "../programs/install-programs.ts";
import { testSigner } from "../transaction/signed-message.mts";
import { createSyscallTable, runtimeSyscalls } from "./syscall-table.ts";

const program = testSigner(70).pubkey;

/** Logs two fields, its instruction data and nothing; fails where the data begin with 0xff. */
const speaker = `
  mov64 r6, r1
  ldxdw r7, [r6+8]
  mov64 r8, r6
  add64 r8, 16
  stxdw [r10-32], r8
  stxdw [r10-24], r7
  stxdw [r10-16], r8
  mov64 r9, 0
  stxdw [r10-8], r9
  mov64 r1, r10
  sub64 r1, 32
  mov64 r2, 2
  call sol_log_data
  ldxb r1, [r6+16]
  mov64 r0, 0
  jne r1, 255, done
  mov64 r0, 1
done:
  exit`;

function createWorld(): { readonly host: ModelHost; speak(data: Uint8Array, isStatic?: boolean): ExecutionResult } {
  const host = createModelHost({ transaction: { ...testTransaction }, environments: [createSvm()] });
  const genesis = Object.create(host, { block: { value: { ...testBlock, number: 0n } } }) as Host;
  installPrograms(genesis, [{ id: program, elf: writeElf(assemble(speaker)), loader: 2 }], {
    syscalls: createSyscallTable(runtimeSyscalls),
  });
  host.beginTransaction();
  return {
    host,
    speak: (data, isStatic = false) =>
      host.call({
        kind: "instruction",
        program,
        accounts: [],
        data,
        sender: new Uint8Array(20).fill(9) as Address,
        gas: 100_000n,
        depth: 0,
        isStatic,
        stackHeight: 2,
      }),
  };
}

const word = (value: number): string => value.toString(16).padStart(64, "0");

describe("sol_log_data", () => {
  it("makes an EVM log of the program: ProgramData(bytes[])", () => {
    const { host, speak } = createWorld();
    expect(speak(Uint8Array.of(1, 2, 3)).kind).toBe("success");
    // keccak256("ProgramData(bytes[])"), then abi.encode of [0x010203, 0x].
    const topic = hexToBytes("0xcf18d9d3c0e4dcabe60058e25eb105ef0fb91396eb720a17107e2c100ea58e3d");
    const tail = [word(0x40), word(0x80), word(3), `010203${"0".repeat(58)}`, word(0)];
    expect(host.logs).toEqual([
      { address: toAddress(program), topics: [topic], data: hexToBytes(`0x${[word(0x20), word(2), ...tail].join("")}`) },
    ]);
    expect(host.programLogs.map(({ line }) => line)).toContain("Program data: AQID ");
  });

  it("makes none in a static frame, at the same price, and keeps its line", () => {
    const [free, fixed] = [createWorld(), createWorld()];
    const results = [free.speak(Uint8Array.of(1)), fixed.speak(Uint8Array.of(1), true)];
    expect(results[0]).toEqual(results[1]);
    expect([free.host.logs.length, fixed.host.logs.length]).toEqual([1, 0]);
    expect(fixed.host.programLogs).toEqual(free.host.programLogs);
  });

  it("is undone with its frame; the line stays", () => {
    const { host, speak } = createWorld();
    expect(speak(Uint8Array.of(0xff)).kind).toBe("revert");
    expect(host.logs).toEqual([]);
    expect(host.programLogs.map(({ line }) => line)).toContain("Program data: /w== ");
  });

  it("makes none beyond the bytes that a transaction may log", () => {
    const { host, speak } = createWorld();
    const sizes = [3_000, 3_000, 3_000, 3_000, 0].map((size) => (speak(new Uint8Array(size).fill(7)), host.logs.length));
    expect(sizes).toEqual([1, 2, 2, 2, 3]);
    expect(bytesToHex(host.logs[2]?.data ?? new Uint8Array(0))).toMatch(/^0x0{62}20/);
    expect(host.programLogs.filter(({ line }) => line === "Log truncated")).toHaveLength(1);
  });
});
