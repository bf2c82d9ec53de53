// What another VM, and whoever watches, sees of the SVM: names, balances, frames, faults.
import {
  addressFromHex,
  equalBytes,
  isTriremeError,
  pubkeyToBase58,
  systemProgram,
  toAddress,
  toPubkey,
  type AccountMeta,
  type Address,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Hash,
  type Host,
  type InstructionMessage,
  type Pubkey,
  type Tracer,
  type UnitUse,
} from "@trireme/core";
import { createModelHost, createToyEnvironment, testBlock, testTransaction, toyOps, toyProgram } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { assemble } from "./asm/assemble.ts";
import { writeElf } from "./asm/write-elf.ts";
import { createSvm } from "./environment.ts";
import { programIds, sysvarIds } from "./known-keys.ts";
import { installPrograms } from "./programs/install-programs.ts";
import { createSyscallTable, runtimeSyscalls } from "./syscalls/syscall-table.ts";
import { cpiProbe, mutator, probeData } from "./test/cpi-probe.mts";
import { createSvmWorld } from "./test/svm-world.mts";
import { readonly, signer, systemTransfer, writable, writableSigner } from "./test/token-instructions.mts";
import { testSigner } from "./transaction/signed-message.mts";
import type { SolanaTransactionContext } from "./transaction/solana-transaction-context.ts";

const key = (seed: number): Pubkey => testSigner(seed).pubkey;
const [alice, bob, program, looker, account] = [1, 2, 50, 51, 60].map(key) as [Pubkey, Pubkey, Pubkey, Pubkey, Pubkey];
const contract = addressFromHex("0x1111111111111111111111111111111111111111");
const lamport = 1_000_000_000n;
const sol = lamport * lamport;
const environment = createSvm();
const syscalls = createSyscallTable(runtimeSyscalls);

/** Returns flags, key, owner, lamports and length of its first account, 88 bytes. */
const showAccount = `
  lddw r1, 0x400000008
  mov64 r2, 88
  call sol_set_return_data
  mov64 r0, 0
  exit`;

const showHeight = `
  call sol_get_stack_height
  stxdw [r10-8], r0
  mov64 r1, r10
  sub64 r1, 8
  mov64 r2, 8
  call sol_set_return_data
  mov64 r0, 0
  exit`;

function createWorld(options: { tracer?: Tracer; environment?: ExecutionEnvironment } = {}) {
  const host = createModelHost({
    ...options,
    transaction: { ...testTransaction },
    environments: [options.environment ?? environment, createToyEnvironment()],
  });
  const genesis = Object.create(host, { block: { value: { ...testBlock, number: 0n } } }) as Host;
  const install = (id: Pubkey, source: string): void =>
    installPrograms(genesis, [{ id, elf: writeElf(assemble(source)), loader: 2 }], { syscalls });
  install(program, mutator);
  install(looker, showAccount);
  host.setBalance(toAddress(alice), 5n * sol);
  const setData = (id: Pubkey, owner: Pubkey, data: Uint8Array): void => {
    host.setSvmRecord(toAddress(id), { pubkey: id, owner, executable: false, dataLength: data.length });
    host.writeAccountData(toAddress(id), 0, data);
    host.setBalance(toAddress(id), sol);
  };
  const enter = (
    target: Pubkey,
    accounts: readonly AccountMeta[],
    data: readonly number[],
    part: Partial<InstructionMessage> = {},
  ): ExecutionResult =>
    host.call({
      kind: "instruction",
      program: target,
      accounts,
      data: Uint8Array.from(data),
      sender: contract,
      gas: 100_000n,
      depth: 0,
      isStatic: false,
      stackHeight: 2,
      ...part,
    });
  const show = (meta: AccountMeta, ...others: readonly AccountMeta[]) => {
    const result = enter(looker, [meta, ...others], []);
    if (result.kind !== "success")
      throw new Error(JSON.stringify(result, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value)));
    const { output } = result;
    const view = new DataView(output.buffer, output.byteOffset);
    return {
      isSigner: output[1] === 1,
      isWritable: output[2] === 1,
      executable: output[3] === 1,
      key: pubkeyToBase58(output.slice(8, 40) as Pubkey),
      owner: pubkeyToBase58(output.slice(40, 72) as Pubkey),
      lamports: view.getBigUint64(72, true),
      length: Number(view.getBigUint64(80, true)),
    };
  };
  return { host, install, setData, enter, show };
}

describe("entered by another VM", () => {
  it("a program has height 2 or more, and its return data is the output", () => {
    const { host, install, enter } = createWorld();
    const tall = key(52);
    install(tall, showHeight);
    const result = enter(tall, [], []);
    expect(result).toMatchObject({ kind: "success", output: Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0), returnedBy: tall });
    expect(host.programLogs.map(({ line }) => line)[0]).toBe(`Program ${pubkeyToBase58(tall)} invoke [2]`);
    expect(result.kind === "success" && result.gasLeft < 100_000n).toBe(true);
  });

  it("errors revert and give gas back, faults and empty meters halt", () => {
    const { setData, enter } = createWorld();
    setData(account, program, new Uint8Array(8));
    expect(enter(program, [writable(account)], [5, 9])).toMatchObject({ kind: "revert", gasLeft: 99_991n, error: '{"Custom":9}' });
    expect(enter(program, [], [7])).toMatchObject({ kind: "halt", reason: "svm:AccessViolation" });
    expect(enter(program, [], [0], { gas: 5n })).toMatchObject({ kind: "halt", reason: "outOfGas" });
    expect(enter(looker, [readonly(alice)], [], { gas: 50n })).toMatchObject({ kind: "halt", reason: "outOfGas" });
    expect(enter(key(99), [], [])).toMatchObject({ kind: "revert", gasLeft: 100_000n, error: '"UnsupportedProgramId"' });
  });

  it("compute units are bought at the chain's rate, rounded against the callee and up on the way back", () => {
    const slow = createSvm({ unitsPerGas: { units: 3n, gas: 2n } });
    const { enter } = createWorld({ environment: slow });
    // Nine units of the mutator are six gas; six gas buy nine units, five buy seven.
    const used = 100_000n - (enter(program, [], [0]) as { gasLeft: bigint }).gasLeft;
    expect(used).toBe(8n);
    expect(enter(program, [], [0], { gas: used }).kind).toBe("success");
    expect(enter(program, [], [0], { gas: used - 1n }).kind).toBe("halt");
  });

  it("rent is judged when the instruction returns (rule 11)", () => {
    const { host, enter } = createWorld();
    const send = (lamports: bigint) =>
      enter(systemProgram, [writableSigner(alice), writable(bob)], [...systemTransfer(alice, bob, lamports).data]);
    expect(send(5n)).toMatchObject({ kind: "revert", error: '{"InsufficientFundsForRent":{"account_index":1}}' });
    expect(host.getBalance(toAddress(bob))).toBe(0n);
    expect(send(890_880n).kind).toBe("success");
    expect(host.getBalance(toAddress(bob))).toBe(890_880n * lamport);
  });

  it("what a caller in another VM undid counts for no rent", () => {
    const { host, enter } = createWorld();
    const checkpoint = host.checkpoint();
    expect(enter(systemProgram, [writableSigner(alice), writable(bob)], [...systemTransfer(alice, bob, 890_880n).data]).kind).toBe(
      "success",
    );
    host.revert(checkpoint);
    host.setBalance(toAddress(bob), 5n * lamport);
    expect(environment.verifyTransaction?.(host)).toBeUndefined();
    host.setBalance(toAddress(bob), 0n);
    enter(systemProgram, [writableSigner(alice), writable(bob)], [...systemTransfer(alice, bob, 890_880n).data]);
    host.setBalance(toAddress(bob), 5n * lamport);
    expect(environment.verifyTransaction?.(host)).toMatchObject({ error: '{"InsufficientFundsForRent":{"account_index":1}}' });
  });

  it("a static frame writes nothing (rule 18)", () => {
    const { host, setData, enter } = createWorld();
    setData(account, program, new Uint8Array(8));
    const before = host.snapshot();
    expect(enter(program, [writable(account)], [3, 1, 1], { isStatic: true })).toMatchObject({ error: '"ReadonlyDataModified"' });
    expect(
      enter(systemProgram, [writableSigner(alice), writable(bob)], [...systemTransfer(alice, bob, 5n).data], { isStatic: true }).kind,
    ).toBe("revert");
    expect(enter(looker, [readonly(alice)], [], { isStatic: true }).kind).toBe("success");
    expect(host.snapshot().accounts).toEqual(before.accounts);
  });

  it("sysvars and native programs take no call and no value (rule 3)", () => {
    const { host, enter } = createWorld();
    host.setBalance(contract, 10n);
    for (const id of [sysvarIds.clock, sysvarIds.instructions, programIds.system, programIds.loaderV3]) {
      const address = toAddress(id);
      const call = { kind: "call", scheme: "call", sender: contract, recipient: address, codeAddress: address, value: 3n } as const;
      expect(host.call({ ...call, input: new Uint8Array(0), gas: 9n, depth: 0, isStatic: false })).toMatchObject({
        kind: "revert",
        gasLeft: 9n,
      });
      // By its tagged name neither.
      const tagged = writable(toPubkey(address));
      expect(enter(systemProgram, [writableSigner(alice), tagged], [...systemTransfer(alice, tagged.pubkey, 5n).data])).toMatchObject({
        kind: "revert",
        error: '"ReadonlyLamportChange"',
      });
      expect(host.getBalance(address)).toBe(0n);
    }
    expect(host.getBalance(contract)).toBe(10n);
  });
});

describe("names and balances", () => {
  it("a wallet is system-owned and reads its wei in lamports", () => {
    const { host, show } = createWorld();
    host.setBalance(toAddress(bob), 7n * lamport + 999_999_999n);
    expect(show(readonly(bob))).toEqual({
      isSigner: false,
      isWritable: false,
      executable: false,
      key: pubkeyToBase58(bob),
      owner: pubkeyToBase58(systemProgram),
      lamports: 7n,
      length: 0,
    });
    expect(host.getSvmRecord(toAddress(bob))).toBeUndefined();
  });

  it("a contract is executable, system-owned and empty", () => {
    const { host, show } = createWorld();
    host.setCode(contract, toyProgram([toyOps.stop()]));
    host.setBalance(contract, 3n * lamport);
    expect(show(writable(toPubkey(contract)))).toMatchObject({
      executable: true,
      owner: pubkeyToBase58(systemProgram),
      lamports: 3n,
      length: 0,
    });
  });

  it("the other name of an account is empty, read-only, and carries its signature (rules 1 and 2)", () => {
    const { setData, show, enter } = createWorld();
    setData(account, program, new Uint8Array(8));
    const tagged = toPubkey(toAddress(account));
    expect(show(writable(tagged))).toMatchObject({ isWritable: false, lamports: 0n, length: 0, key: pubkeyToBase58(tagged) });
    expect(show(writable(tagged), signer(account))).toMatchObject({ isSigner: true, isWritable: false, lamports: 0n });
    expect(show(writable(toPubkey(toAddress(alice))), signer(alice))).toMatchObject({ isSigner: true, isWritable: false, lamports: 0n });
    expect(show(writable(toPubkey(toAddress(alice))))).toMatchObject({ isWritable: true, lamports: 5n * lamport });
    expect(enter(program, [writable(tagged)], [2, 5, 0]).kind).toBe("revert");
  });

  it("a tagged account stays with the System program, without data (rule 3)", () => {
    const { host, enter } = createWorld();
    const tagged = toPubkey(contract);
    host.setBalance(contract, 5n * sol);
    const assign = [1, 0, 0, 0, ...program];
    const allocate = [8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0];
    for (const data of [assign, allocate]) expect(enter(systemProgram, [writableSigner(tagged)], data).kind).toBe("revert");
    expect(host.getSvmRecord(contract)).toBeUndefined();
    expect(enter(systemProgram, [writableSigner(alice)], assign).kind).toBe("success");
    expect(host.getSvmRecord(toAddress(alice))).toEqual({ pubkey: alice, owner: program, executable: false, dataLength: 0 });
  });

  it("a transfer keeps what is below a lamport on both sides (rule 10)", () => {
    const { host, enter } = createWorld();
    const [from, to] = [toAddress(alice), toAddress(bob)];
    host.setBalance(from, 5n * sol + 999_999_999n);
    host.setBalance(to, sol + 1n);
    expect(enter(systemProgram, [writableSigner(alice), writable(bob)], [...systemTransfer(alice, bob, 7n).data]).kind).toBe("success");
    expect([host.getBalance(from), host.getBalance(to)]).toEqual([5n * sol + 999_999_999n - 7n * lamport, sol + 1n + 7n * lamport]);
  });

  it("a balance past 2^64 lamports halts what reads it", () => {
    const { host, enter } = createWorld();
    host.setBalance(toAddress(bob), (1n << 64n) * lamport);
    expect(enter(looker, [readonly(bob)], [])).toMatchObject({ kind: "halt", reason: "lamportsOverflow" });
    expect(enter(looker, [readonly(alice)], []).kind).toBe("success");
  });

  it("instructions of one transaction read an account's data once, and find what the one before wrote", () => {
    const { host, setData } = createWorld();
    setData(account, program, new Uint8Array(12_000));
    const blockhash = new Uint8Array(32) as Hash;
    const solana = { feePayer: alice, blockhash, heapLength: 32_768, computeUnitLimit: 100_000, lamportsPerSignature: 5_000n };
    const accounts = [writable(account), readonly(program)];
    const context: SolanaTransactionContext = { ...testTransaction, instructions: [], solana: { ...solana, accounts } };
    let reads = 0;
    const watched = Object.create(host, {
      transaction: { value: context },
      readAccountData: {
        value: (address: Address, offset: number, target: Uint8Array) => {
          if (equalBytes(address, toAddress(account))) reads++;
          host.readAccountData(address, offset, target);
        },
      },
    }) as Host;
    const run = (instructionIndex: number, ...data: readonly number[]) => {
      const part = { sender: contract, gas: 100_000n, depth: 0, isStatic: false, stackHeight: 1, instructionIndex };
      const message = { kind: "instruction", program, accounts: accounts.slice(0, 1), data: Uint8Array.from(data), ...part } as const;
      expect(environment.execute(message, watched).kind).toBe("success");
    };
    run(0, 3, 7, 200);
    run(1, 3, 8, 201);
    run(2, 2, 201, 0);
    const data = new Uint8Array(201);
    host.readAccountData(toAddress(account), 0, data);
    expect([reads, data[200]]).toEqual([1, 7]);
    run(3, 2, 202, 0);
    run(4, 3, 9, 0);
    const grown = new Uint8Array(202);
    host.readAccountData(toAddress(account), 0, grown);
    expect([reads, grown[0], grown[200], grown[201]]).toEqual([1, 9, 7, 0]);
  });

  it("only pages that changed are written", () => {
    const { host, setData } = createWorld();
    setData(account, program, new Uint8Array(12_000));
    const written: (readonly [number, number])[] = [];
    const watched = Object.create(host, {
      writeAccountData: { value: (_: Address, offset: number, source: Uint8Array) => written.push([offset, source.length]) },
    }) as Host;
    const message: InstructionMessage = {
      kind: "instruction",
      program,
      accounts: [writable(account)],
      data: Uint8Array.of(3, 1, 200),
      sender: contract,
      gas: 100_000n,
      depth: 0,
      isStatic: false,
      stackHeight: 2,
    };
    expect(environment.execute(message, watched).kind).toBe("success");
    expect(written).toEqual([[0, 4096]]);
    environment.execute({ ...message, data: Uint8Array.of(3, 0, 200) }, watched);
    expect(written).toHaveLength(1);
  });
});

describe("whoever watches", () => {
  it("a tracer sees inner instructions, balanced", () => {
    const seen: string[] = [];
    const tracer: Tracer = {
      wantsSteps: false,
      wantsMemory: false,
      enter: (message, id) => void seen.push(`${id} ${message.depth} ${message.kind === "instruction" ? message.stackHeight : ""}`),
      exit: (result) => void seen.push(result.kind),
      log() {},
      step() {},
      selfDestruct() {},
    };
    const { install, enter } = createWorld({ tracer });
    const probe = key(53);
    install(probe, cpiProbe("c"));
    const accounts = [{ key: program, dataLength: writeElf(assemble(mutator)).length }];
    const call = (data: number[]) =>
      probeData({ abi: "c", instruction: { program, accounts: [], data: Uint8Array.from(data) }, infos: [], signers: [] }, accounts);
    expect(enter(probe, [readonly(program)], [...call([0])]).kind).toBe("success");
    expect(enter(probe, [readonly(program)], [...call([5, 1])])).toMatchObject({ kind: "revert", error: '{"Custom":1}' });
    expect(seen).toEqual(["svm 0 2", "svm 1 3", "success", "success", "svm 0 2", "svm 1 3", "revert", "revert"]);
  });

  it("a tracer hears gas in gas and units in units, at whichever rate", () => {
    const given: bigint[] = [];
    const used: UnitUse[] = [];
    const tracer: Tracer = {
      wantsSteps: false,
      wantsMemory: false,
      enter: ({ gas }) => void given.push(gas),
      exit() {},
      units: (use) => void used.push(use),
      log() {},
      step() {},
      selfDestruct() {},
    };
    const tenfold = createSvm({ unitsPerGas: { units: 10n, gas: 1n } });
    const { install, enter } = createWorld({ tracer, environment: tenfold });
    const probe = key(53);
    install(probe, cpiProbe("c"));
    const accounts = [{ key: program, dataLength: writeElf(assemble(mutator)).length }];
    const instruction = { program, accounts: [], data: Uint8Array.of(0) };
    expect(enter(probe, [readonly(program)], [...probeData({ abi: "c", instruction, infos: [], signers: [] }, accounts)]).kind).toBe(
      "success",
    );
    const [outer = 0n, inner = 0n] = given;
    expect(outer).toBe(100_000n);
    expect([inner > 99_000n, inner < outer]).toEqual([true, true]);
    const { unit, limit, used: spent } = used[0] as UnitUse;
    expect({ unit, gas: limit / 10n }).toEqual({ unit: "computeUnits", gas: inner });
    expect([spent > 0n, spent < limit]).toEqual([true, true]);
  });

  it("an exception of the host leaves as the same object, and nothing is left open", () => {
    const { host, setData } = createWorld();
    setData(account, program, new Uint8Array(8));
    const message: InstructionMessage = {
      kind: "instruction",
      program,
      accounts: [writable(account)],
      data: Uint8Array.of(3, 1, 1),
      sender: contract,
      gas: 100_000n,
      depth: 0,
      isStatic: false,
      stackHeight: 2,
    };
    let value = 1;
    for (const method of [
      "getSvmRecord",
      "getBalance",
      "readAccountData",
      "writeAccountData",
      "emitProgramLog",
      "reserveMemory",
    ] as const) {
      for (const thrown of [new Error(method), new RangeError("Maximum call stack size exceeded"), "text"]) {
        const broken = Object.create(host, {
          [method]: {
            value() {
              throw thrown;
            },
          },
        }) as Host;
        let caught: unknown;
        // Something to write each time.
        const data = Uint8Array.of(3, value++, 1);
        try {
          environment.execute({ ...message, data }, broken);
        } catch (error) {
          caught = error;
        }
        expect(caught).toBe(thrown);
        expect(environment.execute(message, host).kind).toBe("success");
      }
    }
  });

  it("log lines end at 10,000 bytes in a transaction", () => {
    const world = createSvmWorld(environment);
    const speaker = key(54);
    const line = `lddw r1, text\nmov64 r2, 990\ncall sol_log_\n`;
    world.install({
      id: speaker,
      elf: writeElf(assemble(`.rodata\ntext: .zero 990\n.text\n${line.repeat(12)}mov64 r0, 0\nexit`)),
      loader: 2,
    });
    world.setAccount({ key: alice, owner: systemProgram, lamports: sol, data: new Uint8Array(0), executable: false });
    const { logs, result } = world.send(alice, [{ program: speaker, accounts: [], data: new Uint8Array(0) }]);
    expect(result.kind).toBe("success");
    expect(logs.filter((each) => each.startsWith("Program log: "))).toHaveLength(9);
    expect(logs.filter((each) => each === "Log truncated")).toHaveLength(1);
    expect(logs.at(-1)).toBe(`Program ${pubkeyToBase58(speaker)} success`);
  });

  it("rates that are none are refused", () => {
    let caught: unknown;
    try {
      createSvm({ unitsPerGas: { units: 0n, gas: 1n } });
    } catch (error) {
      caught = error;
    }
    expect(isTriremeError(caught) && caught.code).toBe("INVALID_CONFIGURATION");
  });
});
