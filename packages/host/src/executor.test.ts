import {
  addressFromBytes,
  emptyBytes,
  gasLeftOf,
  isStackOverflow,
  TriremeError,
  zeroHash,
  type Address,
  type ExecutionEnvironment,
  type Message,
  type Transaction,
  type TransactionFormat,
} from "@trireme/core";
import { createFlatReader, createJournal, type Journal } from "@trireme/state";
import { createToyEnvironment, testBlock, toyOps, toyProgram } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { assertConserved } from "./conservation.ts";
import { createHostExecutor } from "./executor.ts";
import { systemAddress } from "./system-call.ts";

const address = (byte: number): Address => addressFromBytes(new Uint8Array(20).fill(byte));
const [payer, contract, failing, payee] = [0x41, 0x42, 0x43, 0x44].map(address) as [Address, Address, Address, Address];
const everybody = [payer, contract, failing, payee, testBlock.coinbase];
const key = new Uint8Array(32).fill(3);
const value = new Uint8Array(32).fill(9);

/** A transaction of the test's own dialect: some frames, paid at 2 wei per gas, half of it burnt. */
interface PlainTransaction extends Transaction {
  readonly frames: readonly Message[];
}

const plainFormat: TransactionFormat<PlainTransaction> = {
  id: "plain",
  recognizes: () => false,
  decode: () => ({ kind: "invalid", error: { code: "notEncoded", message: "no encoding" } }),
  prepare(transaction, host, _block, room) {
    const { sender, gasLimit, nonce } = transaction;
    if (nonce !== host.getNonce(sender))
      return { kind: "invalid", error: { code: "wrongNonce", message: `expected ${host.getNonce(sender)}` } };
    if (gasLimit > room.gasLeft) return { kind: "invalid", error: { code: "blockFull", message: `${room.gasLeft} gas left` } };
    return { kind: "prepared", transaction, context: { origin: sender, gasPrice: 2n, blobHashes: [] }, frames: transaction.frames };
  },
  charge({ transaction: { sender, gasLimit, nonce } }, host) {
    host.setBalance(sender, host.getBalance(sender) - gasLimit * 2n);
    host.setNonce(sender, (nonce ?? 0n) + 1n);
  },
  settle({ transaction: { sender, gasLimit } }, result, host) {
    const gasUsed = gasLimit - gasLeftOf(result);
    host.credit(sender, gasLeftOf(result) * 2n);
    host.credit(host.block.coinbase, gasUsed);
    return { gasUsed, effectiveGasPrice: 2n, blobGasUsed: 0n, burnt: gasUsed };
  },
};

const frameTo = (target: Address, part: { input?: Uint8Array; value?: bigint; gas?: bigint } = {}): Message => ({
  kind: "call",
  scheme: "call",
  sender: payer,
  recipient: target,
  codeAddress: target,
  value: 0n,
  input: emptyBytes,
  gas: 10_000n,
  depth: 0,
  isStatic: false,
  ...part,
});

function transaction(nonce: bigint, frames: readonly Message[], gasLimit = 10_000n): PlainTransaction {
  return {
    format: "plain",
    raw: emptyBytes,
    hash: zeroHash,
    sender: payer,
    nonce,
    gasLimit,
    maxFeePerGas: 2n,
    maxPriorityFeePerGas: 1n,
    blobGas: 0n,
    declared: undefined,
    frames,
  };
}

/** Throws what it is told to. */
function createThrower(thrown: () => unknown): ExecutionEnvironment {
  return {
    id: "thrower",
    claims: { kind: "prefix", prefix: Uint8Array.of(0xef, 0x99) },
    execute(message, host) {
      host.setStorage((message as Message & { kind: "call" }).recipient, key, value);
      throw thrown();
    },
  };
}

const room = { gasLeft: testBlock.gasLimit, blobGasLeft: 0n };
const total = (journal: Journal): bigint => everybody.reduce((sum, account) => sum + journal.getBalance(account), 0n);

function world(thrown: () => unknown = () => new Error("unused")) {
  const executor = createHostExecutor({
    environments: [createToyEnvironment(), createThrower(thrown)],
    formats: [plainFormat],
  });
  const journal = createJournal(createFlatReader(() => undefined));
  journal.beginTransaction();
  journal.setBalance(payer, 1_000_000n);
  journal.setCode(contract, toyProgram([toyOps.push(value), toyOps.store(key), toyOps.log(key), toyOps.stop()]));
  journal.setCode(failing, toyProgram([toyOps.push(value), toyOps.store(key), toyOps.revert()]));
  journal.endTransaction();
  return { executor, journal };
}

describe("transactions", () => {
  it("keeps what the frame did, and what it cost", () => {
    const { executor, journal } = world();
    const outcome = executor.executeTransaction(transaction(0n, [frameTo(contract, { value: 5n })]), journal, testBlock, room);
    expect(outcome).toEqual({
      kind: "executed",
      succeeded: true,
      gasUsed: 240n,
      effectiveGasPrice: 2n,
      blobGasUsed: 0n,
      burnt: 240n,
      logs: [{ address: contract, topics: [key], data: value }],
      programLogs: [],
      result: { kind: "success", gasLeft: 9_760n, gasRefund: 0n, output: value },
      created: undefined,
    });
    expect([journal.getNonce(payer), journal.getBalance(payer), journal.getBalance(contract)]).toEqual([1n, 999_515n, 5n]);
    assertConserved({ before: 1_000_000n, after: total(journal), burnt: 240n });
    expect(() => assertConserved({ before: 1_000_000n, after: total(journal), burnt: 241n })).toThrow("1 wei too many");
  });

  it("keeps fee and nonce of a transaction whose frame failed, and nothing else", () => {
    const { executor, journal } = world();
    const outcome = executor.executeTransaction(transaction(0n, [frameTo(failing, { value: 5n })]), journal, testBlock, room);
    expect(outcome).toMatchObject({ kind: "executed", succeeded: false, gasUsed: 130n, logs: [] });
    expect([journal.getNonce(payer), journal.getBalance(payer), journal.getBalance(failing)]).toEqual([1n, 999_740n, 0n]);
    expect(journal.getStorage(failing, key)).toEqual(zeroHash);
  });

  it("leaves the journal alone when the transaction is invalid", () => {
    const { executor, journal } = world();
    const outcome = executor.executeTransaction(transaction(3n, [frameTo(contract)]), journal, testBlock, room);
    expect(outcome).toEqual({ kind: "invalid", error: { code: "wrongNonce", message: "expected 0" } });
    expect([journal.getNonce(payer), total(journal)]).toEqual([0n, 1_000_000n]);
  });

  it("runs several frames on one budget, all or none", () => {
    const { executor, journal } = world();
    const both = executor.executeTransaction(transaction(0n, [frameTo(contract), frameTo(payee, { value: 9n })]), journal, testBlock, room);
    expect(both).toMatchObject({ succeeded: true, gasUsed: 240n });
    expect(journal.getBalance(payee)).toBe(9n);
    const neither = executor.executeTransaction(
      transaction(1n, [frameTo(payee, { value: 9n }), frameTo(failing)]),
      journal,
      testBlock,
      room,
    );
    expect(neither).toMatchObject({ succeeded: false, gasUsed: 130n });
    expect(journal.getBalance(payee)).toBe(9n);
    // The second frame gets what the first one left.
    const short = executor.executeTransaction(
      transaction(2n, [frameTo(contract, { gas: 300n }), frameTo(contract)], 300n),
      journal,
      testBlock,
      room,
    );
    expect(short).toMatchObject({ succeeded: false, gasUsed: 300n, result: { kind: "halt", reason: "outOfGas" } });
    const none = executor.executeTransaction(transaction(3n, []), journal, testBlock, room);
    expect(none).toMatchObject({ succeeded: true, gasUsed: 0n });
  });

  it("rolls a transaction back when the host machine fails, and says how", () => {
    const overflow = (): never => overflow();
    const failures: readonly (readonly [() => unknown, string])[] = [
      [() => new Error("disk"), "HOST_FAULT"],
      [() => "text", "HOST_FAULT"],
      [() => new TriremeError("LAMPORTS_OVERFLOW", "expected fewer lamports"), "HOST_FAULT"],
      [
        () => {
          try {
            return overflow();
          } catch (error) {
            return error;
          }
        },
        "STACK_OVERFLOW",
      ],
    ];
    for (const [thrown, code] of failures) {
      const { executor, journal } = world(thrown);
      journal.setCode(payee, Uint8Array.of(0xef, 0x99));
      let caught: unknown;
      try {
        executor.executeTransaction(transaction(0n, [frameTo(payee)]), journal, testBlock, room);
      } catch (error) {
        caught = error;
      }
      expect(caught).toMatchObject({ name: "TriremeError", code });
      expect(isStackOverflow(caught)).toBe(code === "STACK_OVERFLOW");
      expect([journal.getNonce(payer), total(journal)]).toEqual([0n, 1_000_000n]);
      expect(journal.getStorage(payee, key)).toEqual(zeroHash);
      // The journal is fit for the next transaction.
      expect(executor.executeTransaction(transaction(0n, [frameTo(contract)]), journal, testBlock, room)).toMatchObject({
        succeeded: true,
      });
    }
  });

  it("books what a destroyed contract still held as burnt (rule 10)", () => {
    const destroyer: ExecutionEnvironment = {
      id: "destroyer",
      claims: { kind: "default" },
      execute(message, host) {
        host.destroy((message as Message & { kind: "call" }).recipient);
        return { kind: "success", gasLeft: message.gas - 100n, gasRefund: 0n, output: emptyBytes };
      },
    };
    const executor = createHostExecutor({ environments: [destroyer], formats: [plainFormat] });
    const { journal } = world();
    const outcome = executor.executeTransaction(transaction(0n, [frameTo(payee, { value: 7n })]), journal, testBlock, room);
    expect(outcome).toMatchObject({ succeeded: true, gasUsed: 100n, burnt: 107n });
    expect(journal.exists(payee)).toBe(false);
    assertConserved({ before: 1_000_000n, after: total(journal), burnt: 107n });
  });

  it("throws for an environment that gives back more gas than it got", () => {
    const greedy: ExecutionEnvironment = {
      id: "greedy",
      claims: { kind: "default" },
      execute: (message) => ({ kind: "success", gasLeft: message.gas + 1n, gasRefund: 0n, output: emptyBytes }),
    };
    const executor = createHostExecutor({ environments: [greedy], formats: [plainFormat] });
    const { journal } = world();
    expect(() => executor.executeTransaction(transaction(0n, [frameTo(payee)]), journal, testBlock, room)).toThrow(
      expect.objectContaining({ code: "HOST_FAULT" }),
    );
    expect(journal.getNonce(payer)).toBe(0n);
  });

  it("knows its formats", () => {
    const { executor, journal } = world();
    const foreign = { ...transaction(0n, []), format: "solana" };
    expect(() => executor.executeTransaction(foreign, journal, testBlock, room)).toThrow(
      expect.objectContaining({ code: "UNKNOWN_FORMAT" }),
    );
    const twice = { environments: [], formats: [plainFormat as TransactionFormat, plainFormat as TransactionFormat] };
    expect(() => createHostExecutor(twice)).toThrow(expect.objectContaining({ code: "INVALID_CONFIGURATION" }));
  });
});

describe("blocks", () => {
  const transactions = () => [
    transaction(0n, [frameTo(contract)]),
    transaction(7n, [frameTo(contract)]),
    transaction(1n, [frameTo(failing)]),
  ];

  it("skips what is invalid for a builder, and counts gas", () => {
    const { executor, journal } = world();
    const run = executor.executeBlock({ transactions: transactions(), journal, block: testBlock, blobGasLimit: 0n, onInvalid: "skip" });
    expect(run.executed.map(({ cumulativeGasUsed, outcome }) => [cumulativeGasUsed, outcome.succeeded])).toEqual([
      [240n, true],
      [370n, false],
    ]);
    expect(run).toMatchObject({ gasUsed: 370n, blobGasUsed: 0n, burnt: 370n, invalid: [{ index: 1, error: { code: "wrongNonce" } }] });
  });

  it("stops at what is invalid in a received block", () => {
    const { executor, journal } = world();
    const run = executor.executeBlock({ transactions: transactions(), journal, block: testBlock, blobGasLimit: 0n, onInvalid: "stop" });
    expect(run).toMatchObject({ executed: [{}], invalid: [{ index: 1 }], gasUsed: 240n });
  });

  it("leaves each transaction the room that those before it left", () => {
    const { executor, journal } = world();
    const block = { ...testBlock, gasLimit: 10_100n };
    const run = executor.executeBlock({ transactions: transactions(), journal, block, blobGasLimit: 0n, onInvalid: "skip" });
    expect(run.invalid.map(({ index, error }) => [index, error.code, error.message])).toEqual([
      [1, "wrongNonce", "expected 1"],
      [2, "blockFull", "9860 gas left"],
    ]);
  });
});

describe("calls", () => {
  const context = { origin: payer, gasPrice: 0n, blobHashes: [] };

  it("run without a trace, between a before and an after", () => {
    const { executor, journal } = world();
    let stored: Uint8Array | undefined;
    const call = executor.call(frameTo(contract, { value: 3_000_000n }), journal, testBlock, context, {
      before: (host) => host.setBalance(payer, 5_000_000n),
      after: (host) => (stored = host.getStorage(contract, key)),
    });
    expect(call).toMatchObject({ result: { kind: "success", output: value }, logs: [{ address: contract }], programLogs: [] });
    expect(stored).toEqual(value);
    expect([journal.getStorage(contract, key), journal.getBalance(payer), journal.getBalance(contract)]).toEqual([
      zeroHash,
      1_000_000n,
      0n,
    ]);
  });

  it("begin with the accounts warm that environments name, and no others", () => {
    const warmAddresses = [payee];
    const executor = createHostExecutor({ environments: [{ ...createToyEnvironment(), warmAddresses }], formats: [] });
    expect(executor.warmAddresses).toEqual([payee]);
    const seen: boolean[] = [];
    executor.call(frameTo(contract), createJournal(createFlatReader(() => undefined)), testBlock, context, {
      before: (host) => void seen.push(host.isWarmAccount(payee), host.isWarmAccount(failing)),
    });
    expect(seen).toEqual([true, false]);
  });

  it("of the system are kept, cost nothing, and need code", () => {
    const { executor, journal } = world();
    journal.setCode(contract, toyProgram([toyOps.push(value), toyOps.store(key), toyOps.context(), toyOps.stop()]));
    const result = executor.systemCall({ address: contract, input: emptyBytes }, journal, testBlock);
    expect(result?.kind === "success" && result.output.slice(44, 64)).toEqual(systemAddress);
    expect(journal.getStorage(contract, key)).toEqual(value);
    expect([total(journal), journal.exists(systemAddress)]).toEqual([1_000_000n, false]);
    expect(executor.systemCall({ address: payee, input: emptyBytes }, journal, testBlock)).toBe(undefined);
  });

  it("see the hashes of the 256 blocks before their own, and no others", () => {
    const asked: bigint[] = [];
    const block = { ...testBlock, number: 300n };
    const { executor, journal } = world();
    executor.call(frameTo(payee), journal, block, context, {
      getBlockHash: (number) => (asked.push(number), zeroHash),
      after: (host) => void [43n, 44n, 299n, 300n, 301n].map((number) => host.getBlockHash(number)),
    });
    expect(asked).toEqual([44n, 299n]);
  });
});
