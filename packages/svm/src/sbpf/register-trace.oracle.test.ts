import { afterAll, expect, test } from "vitest";
import { writeElf } from "../asm/write-elf.ts";
import { createProgramOracle, oracleSyscallHashes } from "../test/program-oracle.mts";
import { createRandom, randomProgram } from "../test/random-program.ts";
import { traceRegisters } from "../test/register-traces.mts";
import { runProgram } from "../test/run-program.ts";
import { createInterpreter } from "./interpreter.ts";
import { loadProgram } from "./load-program.ts";

const traces = traceRegisters();
afterAll(() => traces.close());
const oracle = createProgramOracle();
const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const computeUnits = 2000;

test.each([0, 1, 2, 3] as const)("V%i: every instruction of random programs finds the registers that it finds in litesvm", (version) => {
  let rows = 0;
  for (let seed = 0; seed < 40; seed++) {
    const elf = writeElf(randomProgram(version, createRandom(seed * 11 + version), 10 + seed));
    const loaded = loadProgram(elf, { syscalls: oracleSyscallHashes });
    if (loaded.kind === "invalid") throw new Error(loaded.error.message);
    oracle.install(elf);
    const ours: bigint[] = [];
    const engine = createInterpreter({ onInstruction: (registers, pc) => void ours.push(...registers, BigInt(pc)) });
    const { outcome } = runProgram(engine, loaded.executable, data, oracle.program(), computeUnits);
    oracle.run(data, computeUnits);
    const [theirs] = traces.take();
    // litesvm's compiled code finds out at the end of a block that units ran out: it has traced the rest of the block.
    const ranOut = outcome.kind === "fault" && outcome.fault.kind === "vm" && outcome.fault.name === "ExceededMaxInstructions";
    expect({ seed, trace: ours }).toEqual({ seed, trace: [...theirs!.subarray(0, ranOut ? ours.length : theirs!.length)] });
    rows += ours.length / 12;
  }
  expect(rows).toBeGreaterThan(1000);
});
