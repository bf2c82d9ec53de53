import {
  bytesToHex,
  concatBytes,
  pubkeyFromBase58,
  pubkeyFromBytes,
  systemProgram,
  toAddress,
  type Address,
  type BlockContext,
  type DeclaredSlot,
  type Host,
  type Instruction,
  type Pubkey,
} from "@trireme/core";
import { testBlock } from "@trireme/testing";
import { LiteSVM } from "litesvm";
import type { LiteSvm } from "litesvm/dist/internal.js";
import { expect, test } from "vitest";
import { createSvm } from "../environment.ts";
import { programIds, sysvarIds } from "../known-keys.ts";
import { findProgramAddress } from "../runtime/program-address.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import type { Engine } from "../sbpf/engine.ts";
import { createInterpreter } from "../sbpf/interpreter.ts";
import { createSyscallTable, runtimeSyscalls } from "../syscalls/syscall-table.ts";
import { minimumBalance } from "../sysvars/rent.ts";
import { createSvmWorld, type SvmWorld } from "../test/svm-world.mts";
import { decodeSolanaTransaction } from "../transaction/decode-transaction.ts";
import { compileMessage, enveloped, signMessage } from "../transaction/signed-message.mts";
import { encodeLoaderState } from "./loader/loader-state.ts";
import { readonly, signer, u32, u64, writable } from "./native-instructions.mts";
import { programHash, readIndexedProgram } from "./program-index.ts";
import { createProgramStore } from "./program-store.ts";

const payer = key(1);
const program = key(2);
const buffer = key(3);
const programData = findProgramAddress([program], programIds.loaderV3).address;
const memoId = pubkeyFromBase58("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
const { inner } = new LiteSVM() as unknown as { inner: LiteSvm };
const memo = Uint8Array.from(inner.getAccount(memoId)?.data() ?? []);

function key(seed: number): Pubkey {
  return pubkeyFromBytes(new Uint8Array(32).fill(seed));
}

function createWorld(): SvmWorld {
  const world = createSvmWorld(createSvm());
  world.setAccount({ key: payer, owner: systemProgram, lamports: 10n ** 12n, data: new Uint8Array(0), executable: false });
  return world;
}

function moveTo(world: SvmWorld, number: bigint): void {
  (world.host as { block: BlockContext }).block = { ...testBlock, number };
}

function putBuffer(world: SvmWorld, elf: Uint8Array): void {
  const data = concatBytes(encodeLoaderState({ kind: "buffer", authority: payer }), elf);
  world.setAccount({ key: buffer, owner: programIds.loaderV3, lamports: minimumBalance(data.length), data, executable: false });
}

const of = (number: number, accounts: Instruction["accounts"], ...data: readonly Uint8Array[]): Instruction => ({
  program: programIds.loaderV3,
  accounts,
  data: concatBytes(u32(number), ...data),
});
const [rent, clock] = [readonly(sysvarIds.rent), readonly(sysvarIds.clock)];
const deploy = of(
  2,
  [signer(payer), writable(programData), writable(program), writable(buffer), rent, clock, readonly(systemProgram), signer(payer)],
  u64(20_000n),
);
const upgrade = of(3, [writable(programData), writable(program), writable(buffer), writable(payer), rent, clock, signer(payer)]);
const close = of(5, [writable(programData), writable(payer), signer(payer), writable(program)]);
const call: Instruction = { program, accounts: [], data: new TextEncoder().encode("hello") };
const called = { kind: "success" };
const notDeployed = { kind: "revert", error: '"UnsupportedProgramId"' };

test("rule 16: a program runs from the block after its deployment, its upgrade and never again after it was closed", () => {
  const world = createWorld();
  world.setAccount({ key: program, owner: programIds.loaderV3, lamports: minimumBalance(36), data: new Uint8Array(36), executable: false });
  putBuffer(world, memo);
  moveTo(world, 10n);
  expect(world.send(payer, [deploy]).result.kind).toBe("success");
  const { result, logs } = world.send(payer, [call]);
  expect(result).toMatchObject(notDeployed);
  expect(logs).toContain("Program is not deployed");

  moveTo(world, 11n);
  expect(world.send(payer, [call]).result).toMatchObject(called);
  putBuffer(world, memo);
  expect(world.send(payer, [upgrade]).result.kind).toBe("success");
  expect(world.send(payer, [call]).result).toMatchObject(notDeployed);

  moveTo(world, 12n);
  expect(world.send(payer, [call]).result).toMatchObject(called);
  expect(world.send(payer, [close, call]).result).toMatchObject(notDeployed);
  // The transaction was undone as a whole: the index, being state, with it.
  expect(world.send(payer, [call]).result).toMatchObject(called);
  expect(world.send(payer, [close]).result.kind).toBe("success");
  moveTo(world, 13n);
  expect(world.send(payer, [call]).result).toMatchObject(notDeployed);
});

test("a deployment that fails leaves no program", () => {
  const world = createWorld();
  world.setAccount({ key: program, owner: programIds.loaderV3, lamports: minimumBalance(36), data: new Uint8Array(36), executable: false });
  putBuffer(world, memo.slice(0, 1000));
  const { result, logs } = world.send(payer, [deploy]);
  expect(result).toMatchObject({ kind: "revert", error: '"InvalidAccountData"' });
  expect(logs.at(-2)).toMatch(/^Failed to parse ELF file|^Offset or value is out of bounds/);
  expect(readIndexedProgram(world.host, toAddress(program))).toBeUndefined();
});

test("what a deployment writes beside accounts, its transaction declares before it runs", () => {
  const world = createWorld();
  world.setAccount({ key: program, owner: programIds.loaderV3, lamports: minimumBalance(36), data: new Uint8Array(36), executable: false });
  putBuffer(world, memo);
  const decoded = decodeSolanaTransaction(enveloped(signMessage(compileMessage(payer, [deploy], new Uint8Array(32)), [])), {
    verifiesSignatures: false,
  });
  if (decoded.kind === "invalid") throw new Error(decoded.error.message);
  const nameOf = ({ address, key: slot }: DeclaredSlot) => `${bytesToHex(address)} ${bytesToHex(slot)}`;
  const declared = new Set(decoded.transaction.declaredSlots?.map(nameOf));
  const written: string[] = [];
  const host: { setStorage: Host["setStorage"] } = world.host;
  const setStorage = host.setStorage.bind(world.host);
  host.setStorage = (address, slot, value) => {
    written.push(nameOf({ address, key: slot }));
    setStorage(address, slot, value);
  };
  expect(world.send(payer, [deploy]).result.kind).toBe("success");
  expect(written.length).toBe(2);
  expect(written.filter((name) => !declared.has(name))).toEqual([]);
});

test("zeros behind an ELF do not make it another program", () => {
  expect(programHash(concatBytes(memo, new Uint8Array(100)))).toEqual(programHash(memo));
});

test("accounts of loaders that hold no program, and accounts of nobody, do not run", () => {
  const world = createWorld();
  world.setAccount({ key: program, owner: programIds.loaderV2, lamports: minimumBalance(8), data: new Uint8Array(8), executable: true });
  expect(world.send(payer, [call]).result).toMatchObject(notDeployed);
  world.setAccount({ key: program, owner: key(9), lamports: minimumBalance(8), data: new Uint8Array(8), executable: true });
  expect(world.send(payer, [call]).result).toMatchObject({ kind: "revert", error: '"UnsupportedProgramId"' });
});

test("prepared programs go when there are too many, the least recently used first, and come back", () => {
  const world = createWorld();
  const [first, second, third] = [key(21), key(22), key(23)] as const;
  // The same program three times over, told apart by what follows it.
  const elfs = [first, second, third].map((id) => ({ id, elf: concatBytes(memo, id), loader: 2 as const }));
  world.install(...elfs);
  const engine: Engine<ProgramMachine> = createInterpreter();
  let prepared = 0;
  const store = createProgramStore({
    engine: {
      ...engine,
      prepare(executable, syscalls) {
        prepared++;
        return engine.prepare(executable, syscalls);
      },
    },
    syscalls: createSyscallTable(runtimeSyscalls),
    maxBytes: 2 * (memo.length + 32),
  });
  const counts = [first, second, first, third, first, second].map((id) => {
    expect(store.load(world.host, id)).toMatchObject({ kind: "ready", loader: 2 });
    return prepared;
  });
  expect(counts).toEqual([1, 2, 2, 3, 3, 4]);
});

test("keeps no program under the hash of another: what a run ahead of its turn saw torn does not count, what it keeps does", () => {
  const world = createWorld();
  world.install({ id: program, elf: memo, loader: 2 });
  const syscalls = createSyscallTable(runtimeSyscalls);
  const store = createProgramStore({ engine: createInterpreter() as Engine<ProgramMachine>, syscalls });
  const torn = Object.create(world.host, {
    // The index is that of Memo, the ELF another one's.
    readAccountData: {
      value: (address: Address, offset: number, target: Uint8Array) => {
        world.host.readAccountData(address, offset, target);
        target[0] = (target[0] as number) ^ 1;
      },
    },
  }) as Host;
  expect(store.load(torn, program)).toEqual({ kind: "unavailable", reason: "Program is not deployed" });
  expect(store.load(world.host, program).kind).toBe("ready");
});
