import { expect, test } from "vitest";
import { pubkeyFromBytes, type AccountMeta, type Pubkey } from "@trireme/core";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import { programIds, sysvarIds } from "../known-keys.ts";
import { findProgramAddress } from "../runtime/program-address.ts";
import { createOracle, type Oracle } from "../test/litesvm-oracle.mts";
import { mutateElf } from "../test/mutate-elf.ts";
import { oracleSyscallHashes } from "../test/program-oracle.mts";
import { createRandom } from "../test/random-program.ts";
import { loadProgram } from "./load-program.ts";
import { murmur3 } from "./murmur3.ts";

const payer = keyOf(1, 0);
/** At a deployment there is no `sol_alloc_free_`, and none that is off. */
const deploymentSyscalls = new Set(oracleSyscallHashes);
deploymentSyscalls.delete(murmur3("sol_alloc_free_"));

function keyOf(kind: number, serial: number): Pubkey {
  const key = new Uint8Array(32).fill(kind);
  new DataView(key.buffer).setUint32(0, serial, true);
  return pubkeyFromBytes(key);
}

/** Deploys an ELF with loader v3; gives its first words about it, nothing if it was deployed. */
function deploy(oracle: Oracle, elf: Uint8Array, serial: number): string | undefined {
  const [program, buffer] = [keyOf(2, serial), keyOf(3, serial)];
  const programData = findProgramAddress([program], programIds.loaderV3).address;
  const lamports = 100_000_000_000n;
  const owned = { owner: programIds.loaderV3, lamports, executable: false };
  oracle.setAccount({ key: payer, owner: programIds.system, lamports, data: new Uint8Array(0), executable: false });
  oracle.setAccount({ ...owned, key: program, data: new Uint8Array(36) });
  oracle.setAccount({ ...owned, key: buffer, data: Uint8Array.from([1, 0, 0, 0, 1, ...payer, ...elf]) });
  const meta = (key: Pubkey, isWritable: boolean, isSigner = false): AccountMeta => ({ pubkey: key, isWritable, isSigner });
  const data = new Uint8Array(12);
  data[0] = 2;
  new DataView(data.buffer).setUint32(4, elf.length, true);
  const accounts = [
    meta(payer, true, true),
    meta(programData, true),
    meta(program, true),
    meta(buffer, true),
    meta(sysvarIds.rent, false),
    meta(sysvarIds.clock, false),
    meta(programIds.system, false),
    meta(payer, false, true),
  ];
  const { error, logs } = oracle.send(payer, [{ program: programIds.loaderV3, accounts, data }]);
  if (error === undefined) return undefined;
  return logs.findLast((line) => !line.startsWith("Program ")) ?? JSON.stringify(error);
}

const source = `
.rodata
greeting: .ascii "hello"
.text
  lddw r1, greeting
  mov64 r2, 5
  syscall sol_log_
  call function_a
  syscall sol_log_64_
  exit
function_a:
  exit
`;

test.each([0, 1, 2, 3] as const)("V%i: a deployment refuses what litesvm's refuses, in its words", (version) => {
  const oracle = createOracle();
  const elf = writeElf(assemble(source, { version }));
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 150; seed++) {
    const mutant = seed === 0 ? elf : mutateElf(elf, createRandom(seed + 1000 * version));
    const result = loadProgram(mutant, { syscalls: deploymentSyscalls, rejectBroken: true });
    outcomes.add(result.kind === "loaded" ? "loaded" : result.error.name);
    expect([seed, result.kind === "invalid" ? result.error.message : undefined]).toEqual([seed, deploy(oracle, mutant, seed)]);
  }
  expect(outcomes.size).toBeGreaterThan(3);
});

test.each(["sol_alloc_free_", "sol_nope_"])("a call of %s is refused at deployment", (name) => {
  const elf = writeElf(assemble(`mov64 r1, 1\nsyscall ${name}\nexit`));
  const result = loadProgram(elf, { syscalls: deploymentSyscalls, rejectBroken: true });
  expect(result).toMatchObject({ kind: "invalid", error: { name: "UnresolvedSymbol", message: deploy(createOracle(), elf, 1) } });
});
