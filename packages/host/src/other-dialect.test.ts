/**
 * A dialect and a VM of Solana's shape, written against core alone: several instructions in one atomic unit, no nonce,
 * message hashes under the root, transactions that only pay, a last word on every transaction, hooks of the block.
 */
import {
  addressFromBytes,
  emptyBytes,
  gasLeftOf,
  keccak256,
  toAddress,
  zeroHash,
  type Address,
  type ExecutionEnvironment,
  type Instruction,
  type Pubkey,
  type Transaction,
  type TransactionContext,
  type TransactionError,
  type TransactionFormat,
} from "@trireme/core";
import { createFlatReader, createJournal } from "@trireme/state";
import { createToyEnvironment, testBlock, toyOps, toyProgram } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { createHostExecutor } from "./executor.ts";

const address = (byte: number): Address => addressFromBytes(new Uint8Array(20).fill(byte));
const [payer, history, gateway, contract] = [0x41, 0x42, 0x43, 0x44].map(address) as [Address, Address, Address, Address];
const program = new Uint8Array(32).fill(7) as Pubkey;
const written = toAddress(program);
const one = Uint8Array.from({ length: 32 }, (_, index) => (index === 31 ? 1 : 0));

/** Sets the slot `data`; `0xff` fails, `0xfe` writes what its environment's last word does not allow. */
const instruction = (data: number): Instruction => ({ program, accounts: [], data: Uint8Array.of(data) });
const slot = (data: number): Uint8Array => keccak256(Uint8Array.of(data));

function createLedgerVm(): ExecutionEnvironment {
  const traces = new WeakMap<TransactionContext, number>();
  return {
    id: "ledger",
    claims: { kind: "program" },
    runsAddress: (target) => target[0] === gateway[0],
    execute(message, host) {
      if (message.kind !== "instruction") return { kind: "success", gasLeft: message.gas, gasRefund: 0n, output: Uint8Array.of(0xaa) };
      const [data = 0] = message.data;
      const trace = (traces.get(host.transaction) ?? 0) + 1;
      traces.set(host.transaction, trace);
      const count = host.transaction.instructions?.length;
      host.emitProgramLog(written, `${(message.instructionIndex ?? 0) + 1} of ${count}, trace ${trace}, gas ${message.gas}`);
      host.setStorage(written, slot(data), one);
      const gasLeft = message.gas - 100n;
      if (data === 0xff) return { kind: "revert", gasLeft, output: emptyBytes, error: "Custom(1)" };
      return { kind: "success", gasLeft, gasRefund: 0n, output: message.data, returnedBy: program };
    },
    verifyTransaction: (host) =>
      host.getStorage(written, slot(0xfe)).some((byte) => byte !== 0)
        ? { output: emptyBytes, error: "InsufficientFundsForRent" }
        : undefined,
    writeGenesis: (host) => host.setStorage(history, slot(0), one),
    beginBlock: (host) => host.setStorage(history, slot(1), host.getBlockHash(host.block.number - 1n) ?? zeroHash),
    endBlock: (host) => host.setStorage(history, slot(2), one),
  };
}

interface LedgerTransaction extends Transaction {
  readonly instructions: readonly Instruction[];
  readonly missing?: TransactionError;
}

const ledgerFormat: TransactionFormat<LedgerTransaction> = {
  id: "ledger",
  recognizes: () => false,
  decode: () => ({ kind: "invalid", error: { code: "notEncoded", message: "no encoding" } }),
  resolve: (transaction) => ({ kind: "decoded", transaction: { ...transaction, declared: [{ address: written, isWritable: true }] } }),
  prepare(transaction, host) {
    const { sender, instructions, gasLimit: gas, missing, hash } = transaction;
    if (host.getStorage(history, hash).some((byte) => byte !== 0))
      return { kind: "invalid", error: { code: "alreadyProcessed", message: "expected a message that was not seen" } };
    const frames = instructions.map((each, instructionIndex) => ({
      kind: "instruction" as const,
      ...each,
      instructionIndex,
      sender,
      gas,
      depth: 0,
      isStatic: false,
      stackHeight: 1,
    }));
    const context = { origin: sender, gasPrice: 0n, blobHashes: [], instructions };
    return { kind: "prepared", transaction, context, frames, ...(missing === undefined ? {} : { feeOnly: missing }) };
  },
  charge({ transaction: { sender, hash } }, host) {
    host.burn(sender, 5_000n);
    host.setStorage(history, hash, one);
  },
  settle({ transaction: { gasLimit } }, result) {
    const extra = Uint8Array.of(result.kind === "success" ? 0 : 1, result.kind === "success" ? (result.returnedBy?.[0] ?? 0) : 0);
    return { gasUsed: gasLimit - gasLeftOf(result), effectiveGasPrice: 0n, blobGasUsed: 0n, burnt: 0n, extra };
  },
};

const transaction = (id: number, data: readonly number[], part: Partial<LedgerTransaction> = {}): LedgerTransaction => ({
  format: "ledger",
  raw: emptyBytes,
  hash: keccak256(Uint8Array.of(0x99, id)) as LedgerTransaction["hash"],
  sender: payer,
  nonce: undefined,
  gasLimit: 1_000n,
  maxFeePerGas: 0n,
  maxPriorityFeePerGas: 0n,
  blobGas: 0n,
  declared: undefined,
  instructions: data.map(instruction),
  ...part,
});

function world() {
  const executor = createHostExecutor({ environments: [createToyEnvironment(), createLedgerVm()], formats: [ledgerFormat] });
  const journal = createJournal(createFlatReader(() => undefined));
  journal.setBalance(payer, 1_000_000n);
  // What has slots and nothing else is empty: EIP-161 would remove it.
  for (const system of [history, written]) journal.setNonce(system, 1n);
  journal.setCode(contract, toyProgram([toyOps.call({ target: gateway }), toyOps.stop()]));
  const run = (each: LedgerTransaction) =>
    executor.executeTransaction(each, journal, testBlock, { gasLeft: testBlock.gasLimit, blobGasLeft: 0n });
  const isSet = (owner: Address, key: Uint8Array): boolean => journal.getStorage(owner, key).some((byte) => byte !== 0);
  return { executor, journal, run, isSet };
}

describe("a dialect and a VM of another kind", () => {
  it("runs instructions in one atomic unit on one budget, and once", () => {
    const { journal, run, isSet } = world();
    expect(run(transaction(1, [3, 4]))).toMatchObject({
      kind: "executed",
      succeeded: true,
      gasUsed: 200n,
      programLogs: ["1 of 2, trace 1, gas 1000", "2 of 2, trace 2, gas 900"],
      extra: Uint8Array.of(0, 7),
    });
    expect([3, 4].map((data) => isSet(written, slot(data)))).toEqual([true, true]);
    expect(run(transaction(1, [5]))).toMatchObject({ kind: "invalid", error: { code: "alreadyProcessed" } });
    expect(journal.getBalance(payer)).toBe(995_000n);
  });

  it("undoes all instructions when one fails, but neither the fee, nor the message hash, nor the log lines", () => {
    const { journal, run, isSet } = world();
    const outcome = run(transaction(1, [3, 0xff, 4]));
    expect(outcome).toMatchObject({ kind: "executed", succeeded: false, gasUsed: 200n, burnt: 5_000n, result: { error: "Custom(1)" } });
    expect(outcome.kind === "invalid" ? [] : outcome.programLogs).toHaveLength(2);
    expect(isSet(written, slot(3))).toBe(false);
    expect(journal.getBalance(payer)).toBe(995_000n);
    expect(run(transaction(1, [3])).kind).toBe("invalid");
  });

  it("charges what cannot be loaded, and runs nothing of it (rule 21)", () => {
    const { journal, run, isSet } = world();
    const missing = { code: "programNotFound", message: "expected a program, got a wallet" };
    expect(run(transaction(1, [3], { missing }))).toMatchObject({
      kind: "feeOnly",
      error: missing,
      succeeded: false,
      gasUsed: 0n,
      burnt: 5_000n,
      programLogs: [],
      result: { kind: "revert", refused: "notLoaded" },
    });
    expect(isSet(written, slot(3))).toBe(false);
    expect(journal.getBalance(payer)).toBe(995_000n);
  });

  it("lets an environment undo what ended well, in any dialect and in a call (rule 11)", () => {
    const { executor, journal, run, isSet } = world();
    for (const data of [[3, 0xfe], [0xfe]]) {
      expect(run(transaction(data.length, data))).toMatchObject({
        kind: "executed",
        succeeded: false,
        gasUsed: BigInt(data.length) * 100n,
        result: { kind: "revert", error: "InsufficientFundsForRent" },
      });
    }
    expect([isSet(written, slot(3)), isSet(written, slot(0xfe))]).toEqual([false, false]);
    const message = {
      kind: "instruction",
      ...instruction(0xfe),
      sender: payer,
      gas: 500n,
      depth: 0,
      isStatic: false,
      stackHeight: 2,
    } as const;
    const context = { origin: payer, gasPrice: 0n, blobHashes: [] };
    expect(executor.call(message, journal, testBlock, context).result).toMatchObject({ kind: "revert", gasLeft: 400n });
  });

  it("writes at the borders of blocks", () => {
    const { executor, journal, isSet } = world();
    executor.runHooks("writeGenesis", journal, { ...testBlock, number: 0n });
    expect([0, 1, 2].map((at) => isSet(history, slot(at)))).toEqual([true, false, false]);
    executor.runHooks("beginBlock", journal, testBlock, { getBlockHash: () => slot(9) as typeof zeroHash });
    expect(journal.getStorage(history, slot(1))).toEqual(slot(9));
    executor.runHooks("endBlock", journal, testBlock);
    expect(isSet(history, slot(2))).toBe(true);
  });

  it("answers at an address of its own whatever code stands there", () => {
    const { executor, journal } = world();
    const context = { origin: payer, gasPrice: 0n, blobHashes: [] };
    const call = {
      kind: "call",
      scheme: "call",
      sender: payer,
      recipient: contract,
      codeAddress: contract,
      value: 0n,
      input: emptyBytes,
      gas: 5_000n,
      depth: 0,
      isStatic: false,
    } as const;
    // A stub, so that Solidity's extcodesize check passes.
    for (const code of [emptyBytes, Uint8Array.of(0xfe)]) {
      journal.setCode(gateway, code);
      const kinds: unknown[] = [];
      const after = { after: (host: { kindOf(at: Address): unknown }) => kinds.push(host.kindOf(gateway)) };
      expect(executor.call(call, journal, testBlock, context, after).result).toMatchObject({
        kind: "success",
        output: Uint8Array.of(0xaa),
      });
      expect(kinds).toEqual([{ kind: "code", environment: "ledger" }]);
    }
  });
});
