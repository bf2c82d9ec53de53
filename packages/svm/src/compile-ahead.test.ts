import { toAddress, type Host, type InstructionMessage, type Pubkey } from "@trireme/core";
import { createModelHost, testBlock, testTransaction } from "@trireme/testing";
import { afterEach, expect, it, vi } from "vitest";
import { assemble } from "./asm/assemble.ts";
import { writeElf } from "./asm/write-elf.ts";
import { createSvm } from "./environment.ts";
import { installPrograms } from "./programs/install-programs.ts";
import { createSyscallTable, runtimeSyscalls } from "./syscalls/syscall-table.ts";
import { testSigner } from "./transaction/signed-message.mts";

afterEach(() => {
  vi.restoreAllMocks();
});

const key = (seed: number): Pubkey => testSigner(seed).pubkey;
const [wallet, program] = [key(1), key(50)];

it("translates a deployed program once, and an instruction finds it translated", () => {
  const first = createSvm();
  const host = createModelHost({ transaction: { ...testTransaction }, environments: [first] });
  const genesis = Object.create(host, { block: { value: { ...testBlock, number: 0n } } }) as Host;
  const elf = writeElf(assemble("mov64 r0, 7\nexit"));
  installPrograms(genesis, [{ id: program, elf, loader: 2 }], { syscalls: createSyscallTable(runtimeSyscalls) });
  host.setBalance(toAddress(wallet), 10n ** 18n);
  const message: InstructionMessage = {
    kind: "instruction",
    program,
    accounts: [],
    data: new Uint8Array(0),
    sender: toAddress(wallet),
    gas: 100_000n,
    depth: 0,
    isStatic: false,
    stackHeight: 2,
  };
  const expected = first.execute(message, host);
  expect(expected).toMatchObject({ kind: "revert", error: '{"Custom":7}' });
  // Another thread's environment, on the same state.
  const other = createSvm();
  const compiled = vi.spyOn(WebAssembly, "Module");
  for (const id of [wallet, program, key(9), program]) other.compileAhead?.(toAddress(id), host);
  expect(compiled).toHaveBeenCalledTimes(1);
  expect(other.execute(message, host)).toEqual(expected);
  expect(compiled).toHaveBeenCalledTimes(1);
});
