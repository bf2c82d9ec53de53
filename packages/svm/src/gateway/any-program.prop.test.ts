// The gateway runs whatever program is deployed: assembled at random, it does what it does when it is entered directly.
import { bigintToBytes, concatBytes, gasLeftOf, type Host, type InstructionMessage, type Pubkey, type Tracer } from "@trireme/core";
import { createModelHost, testBlock, testTransaction } from "@trireme/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { writeElf } from "../asm/write-elf.ts";
import { createSvm } from "../environment.ts";
import { installPrograms } from "../programs/install-programs.ts";
import { createSyscallTable, runtimeSyscalls } from "../syscalls/syscall-table.ts";
import { createRandom } from "../test/random-program.ts";
import { structuredProgram } from "../test/structured-program.ts";
import { testSigner } from "../transaction/signed-message.mts";
import { selectorOf } from "./abi-writer.ts";
import { gatewayAddress } from "./gateway-address.ts";

const environment = createSvm();
const syscalls = createSyscallTable(runtimeSyscalls);
const id: Pubkey = testSigner(70).pubkey;
const caller = new Uint8Array(20).fill(0x11) as typeof gatewayAddress;
const gas = 200_000n;

function createHost(elf: Uint8Array, tracer?: Tracer) {
  const options = tracer === undefined ? {} : { tracer };
  const host = createModelHost({ environments: [environment], transaction: { ...testTransaction }, ...options });
  const genesis = Object.create(host, { block: { value: { ...testBlock, number: 0n } } }) as Host;
  installPrograms(genesis, [{ id, elf, loader: 2 }], { syscalls });
  return host;
}

function throughGateway(elf: Uint8Array, data: Uint8Array) {
  let entered: InstructionMessage | undefined;
  let used = 0n;
  const host = createHost(elf, {
    wantsSteps: false,
    wantsMemory: false,
    enter: (message) => void (entered = message.kind === "instruction" ? message : entered),
    exit: (result) => void (used ||= (entered?.gas ?? 0n) - gasLeftOf(result)),
    log() {},
    step() {},
    selfDestruct() {},
  });
  const words = [id, 0x60n, 0x80n, 0n, BigInt(data.length)].map((word) => (typeof word === "bigint" ? bigintToBytes(word, 32) : word));
  const padding = new Uint8Array((32 - (data.length % 32)) % 32);
  const input = concatBytes(selectorOf("invoke(bytes32,(bytes32,bool,bool)[],bytes)"), ...words, data, padding);
  const frame = { kind: "call", scheme: "call", sender: caller, recipient: gatewayAddress, codeAddress: gatewayAddress } as const;
  const result = host.call({ ...frame, value: 0n, input, gas, depth: 0, isStatic: false });
  return { kind: result.kind, used, lines: host.programLogs.map(({ line }) => line), entered };
}

function directly(elf: Uint8Array, message: InstructionMessage) {
  const host = createHost(elf);
  const result = host.call(message);
  return { kind: result.kind, used: message.gas - gasLeftOf(result), lines: host.programLogs.map(({ line }) => line) };
}

it("runs any program as it runs alone: outcome, lines, compute units", () => {
  const outcomes = new Map<string, number>();
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0 as const, 3 as const), fc.uint8Array({ maxLength: 70 }), (seed, version, data) => {
      const elf = writeElf(structuredProgram(version, createRandom(seed)));
      const { entered, ...gateway } = throughGateway(elf, data);
      expect(entered?.data).toEqual(data);
      const alone = directly(elf, entered as InstructionMessage);
      outcomes.set(alone.kind, (outcomes.get(alone.kind) ?? 0) + 1);
      // A caller in another VM can catch what a program did, a halt as well.
      expect(gateway).toEqual({ ...alone, kind: alone.kind === "success" ? "success" : "revert" });
    }),
    { numRuns: 120 },
  );
  console.log("random programs through the gateway:", Object.fromEntries(outcomes));
  expect(outcomes.get("success")).toBeGreaterThan(5);
  expect(outcomes.get("halt")).toBeGreaterThan(5);
});
