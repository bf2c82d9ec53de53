import {
  accountDataPageSize,
  compareBytes,
  equalBytes,
  keccak256,
  svmDesignator,
  systemProgram,
  type Pubkey,
  type SvmRecord,
} from "@trireme/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { accountFlatKey } from "../flat-key.ts";
import { createFlatReader } from "../flat-reader.ts";
import type { StateDiff } from "../state-diff.ts";
import type { StateReader } from "../state-reader.ts";
import { createJournal, type Journal } from "./journal.ts";
import type { DiffAndUndo } from "./make-diff.ts";
import {
  balanceOf,
  beginModel,
  createModel,
  endModel,
  modelAddress,
  resize,
  rollbackModel,
  written,
  type JournalModel,
  type ModelAccount,
} from "./journal-model.mts";

const ACCOUNTS = 4;
const KEYS = 3;
const wordOf = (value: number): Uint8Array => {
  const word = new Uint8Array(32);
  word[value % 2 === 0 ? 31 : 0] = value;
  return word;
};

/** Comparing long arrays element by element is slow; a string of theirs is not. */
const hexOf = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : Buffer.from(bytes).toString("hex"));
const keyOf = (flatKey: Uint8Array): string => Buffer.from(flatKey).toString("hex");

const key = fc.nat(KEYS - 1);
const wei = fc.constantFrom(0n, 1n, 999_999_999n, 3_000_000_000n);
const borders = fc.constantFrom({ kind: "checkpoint" } as const, { kind: "commit" } as const, { kind: "revert" } as const);
const transactions = fc.constantFrom({ kind: "begin" } as const, { kind: "end" } as const, { kind: "rollback" } as const);
const blocks = fc.constant({ kind: "takeDiff" as const });

function accountOperations(account: fc.Arbitrary<number>) {
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("setBalance", "credit", "burn", "setNonce"), account, wei }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("transfer" as const), account, to: account, wei }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("touch", "accessAccount", "markCreated", "log", "programLog"), account }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("setCode" as const), account, byte: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("observe", "destroy"), account }) },
  );
}

function storageOperations(account: fc.Arbitrary<number>) {
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("setStorage", "setTransient"), account, key, value: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("accessStorage" as const), account, key }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("observe", "clearStorage"), account }) },
  );
}

function dataOperations(account: fc.Arbitrary<number>) {
  const range = { offset: fc.constantFrom(0, 7, 4090, 4096, 5000, 9000), length: fc.constantFrom(0, 1, 8, 4096, 7000) };
  return fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("setRecord" as const),
        account,
        length: fc.constantFrom(0, 10, 4096, 5000, 12_288, 12_288),
        executable: fc.boolean(),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("writeData" as const), account, ...range, byte: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("observe", "removeRecord"), account }) },
  );
}

const anyAccount = fc.nat(ACCOUNTS - 1);
const oneAccount = fc.constant(0);
const mixtures = {
  everything: fc.oneof(
    { weight: 2, arbitrary: borders },
    transactions,
    blocks,
    { weight: 3, arbitrary: accountOperations(anyAccount) },
    { weight: 3, arbitrary: storageOperations(anyAccount) },
    { weight: 3, arbitrary: dataOperations(anyAccount) },
  ),
  "one account": fc.oneof(
    { weight: 3, arbitrary: borders },
    transactions,
    blocks,
    { weight: 4, arbitrary: accountOperations(oneAccount) },
    { weight: 4, arbitrary: storageOperations(oneAccount) },
  ),
  "one account's data": fc.oneof(
    { weight: 2, arbitrary: borders },
    { weight: 2, arbitrary: transactions },
    blocks,
    fc.constant({ kind: "setBalance" as const, account: 0, wei: 3_000_000_000n }),
    { weight: 6, arbitrary: dataOperations(oneAccount) },
  ),
};
type Operation = typeof mixtures.everything extends fc.Arbitrary<infer T> ? T : never;

interface Run {
  readonly journal: Journal;
  readonly model: JournalModel;
  readonly reader: StateReader;
  readonly flat: Map<string, string>;
}

function createRun(): Run {
  const flat = new Map<string, string>();
  const reader = createFlatReader((flatKey) => {
    const value = flat.get(keyOf(flatKey));
    return value === undefined ? undefined : new Uint8Array(Buffer.from(value, "hex"));
  });
  return { journal: createJournal(reader), model: createModel(), reader, flat };
}

function step({ journal, model, flat, reader }: Run, operation: Operation): void {
  const index = "account" in operation ? operation.account : 0;
  const address = modelAddress(index);
  const current = model.now.accounts.get(index);
  const last = model.checkpoints.at(-1);
  switch (operation.kind) {
    case "checkpoint":
      model.checkpoints.push({ checkpoint: journal.checkpoint(), copy: structuredClone(model.now) });
      return;
    case "commit":
      if (last !== undefined) journal.commit(last.checkpoint);
      model.checkpoints.pop();
      return;
    case "revert":
      if (last === undefined) return;
      journal.revert(last.checkpoint);
      model.now = { ...last.copy, programLogs: model.now.programLogs };
      model.checkpoints.pop();
      return;
    case "begin":
      journal.beginTransaction();
      return beginModel(model);
    case "end":
      journal.endTransaction();
      endModel(model);
      journal.beginTransaction();
      return beginModel(model);
    case "rollback":
      journal.rollbackTransaction();
      return rollbackModel(model);
    case "takeDiff": {
      expectDiff(journal.takeDiff(), flat);
      model.now.burnt = 0n;
      beginModel(model);
      return expectState(reader, flat, model);
    }
    case "setBalance":
      journal.setBalance(address, operation.wei);
      written(model, index).balance = operation.wei;
      return;
    case "credit":
      journal.credit(address, operation.wei);
      if (operation.wei === 0n) model.now.touched.add(index);
      else written(model, index).balance += operation.wei;
      return;
    case "burn":
      if (balanceOf(model, index) < operation.wei) return expectThrow(() => journal.burn(address, operation.wei), /balance/);
      journal.burn(address, operation.wei);
      written(model, index).balance -= operation.wei;
      model.now.burnt += operation.wei;
      return;
    case "transfer": {
      const enough = balanceOf(model, index) >= operation.wei;
      expectSame(journal.transfer(address, modelAddress(operation.to), operation.wei), enough);
      if (!enough) return;
      model.now.touched.add(index).add(operation.to);
      if (operation.wei === 0n) return;
      written(model, index).balance -= operation.wei;
      written(model, operation.to).balance += operation.wei;
      return;
    }
    case "setNonce":
      journal.setNonce(address, operation.wei);
      written(model, index).nonce = operation.wei;
      return;
    case "setStorage": {
      const set = () => journal.setStorage(address, wordOf(operation.key), wordOf(operation.value));
      const isChange = (current?.slots.get(operation.key) ?? 0) !== operation.value;
      if (isChange && current?.svm !== undefined) return expectThrow(set, /SVM record/);
      set();
      if (!isChange) return;
      const account = written(model, index);
      if (operation.value === 0) account.slots.delete(operation.key);
      else {
        account.slots.set(operation.key, operation.value);
        account.hasSlots = true;
      }
      return;
    }
    case "setTransient":
      journal.setTransientStorage(address, wordOf(operation.key), wordOf(operation.value));
      model.now.transient.set(`${index}:${operation.key}`, operation.value);
      return;
    case "accessStorage":
      expectSame(journal.accessStorage(address, wordOf(operation.key)), model.now.warm.has(`${index}:${operation.key}`));
      model.now.warm.add(`${index}:${operation.key}`);
      return;
    case "accessAccount":
      expectSame(journal.accessAccount(address), model.now.warm.has(`${index}`));
      model.now.warm.add(`${index}`);
      return;
    case "observe":
      return expectAccount(journal, model, index);
    case "touch":
      journal.touch(address);
      model.now.touched.add(index);
      return;
    case "clearStorage":
      journal.clearStorage(address);
      if (current?.hasSlots === true) {
        const account = written(model, index);
        account.slots.clear();
        account.hasSlots = false;
      }
      return;
    case "markCreated":
      journal.markCreated(address);
      model.now.created.add(index);
      return;
    case "destroy":
      journal.destroy(address);
      if (!model.now.destroyed.has(index)) model.now.touched.add(index);
      model.now.destroyed.add(index);
      return;
    case "removeRecord":
      journal.removeSvmRecord(address);
      if (current?.svm === undefined) return;
      Object.assign(written(model, index), { svm: undefined, data: new Uint8Array(0) });
      return;
    case "log":
      journal.emitLog({ address, topics: [], data: Uint8Array.of(index) });
      model.now.logs.push(index);
      return;
    case "programLog":
      journal.emitProgramLog(address, `line ${index}`);
      model.now.programLogs.push(`line ${index}`);
      return;
    case "setCode": {
      const code = Array.from({ length: operation.byte }, () => operation.byte);
      if (current?.svm !== undefined) return expectThrow(() => journal.setCode(address, Uint8Array.from(code)), /SVM/);
      journal.setCode(address, Uint8Array.from(code));
      written(model, index).code = code;
      return;
    }
    case "setRecord": {
      const record: SvmRecord = {
        pubkey: new Uint8Array(32).fill(index + 1) as Pubkey,
        owner: systemProgram,
        executable: operation.executable,
        dataLength: operation.length,
      };
      if (current !== undefined && current.code.length > 0) return expectThrow(() => journal.setSvmRecord(address, record), /code/);
      if (current?.hasSlots === true) return expectThrow(() => journal.setSvmRecord(address, record), /slots/);
      journal.setSvmRecord(address, record);
      const changed = written(model, index);
      changed.data = resize(changed.data, operation.length);
      changed.svm = record;
      return;
    }
    case "writeData": {
      const source = new Uint8Array(operation.length).fill(operation.byte);
      if (current?.svm === undefined || operation.offset + operation.length > current.svm.dataLength) {
        return expectThrow(() => journal.writeAccountData(address, operation.offset, source), /range/);
      }
      journal.writeAccountData(address, operation.offset, source);
      written(model, index).data.set(source, operation.offset);
      return;
    }
    default:
      throw new Error(`unknown operation ${JSON.stringify(operation)}`);
  }
}

function expectAccount(journal: Journal, model: JournalModel, index: number): void {
  const address = modelAddress(index);
  const empty: ModelAccount = {
    nonce: 0n,
    balance: 0n,
    code: [],
    slots: new Map(),
    hasSlots: false,
    svm: undefined,
    data: new Uint8Array(0),
  };
  const expected = model.now.accounts.get(index) ?? empty;
  const code = expected.svm === undefined ? Uint8Array.from(expected.code) : svmDesignator(expected.svm);
  const data = new Uint8Array(expected.data.length).fill(255);
  if (expected.svm !== undefined) journal.readAccountData(address, 0, data);
  const original = model.original.accounts.get(index) ?? empty;
  const keys = Array.from({ length: KEYS }, (_, at) => at);
  expect({
    exists: journal.exists(address),
    nonce: journal.getNonce(address),
    balance: journal.getBalance(address),
    code: hexOf(journal.getCode(address)),
    codeSize: journal.getCodeSize(address),
    codeHash: hexOf(journal.getCodeHash(address)),
    slots: keys.map((at) => hexOf(journal.getStorage(address, wordOf(at)))),
    originals: keys.map((at) => hexOf(journal.getOriginalStorage(address, wordOf(at)))),
    transient: keys.map((at) => hexOf(journal.getTransientStorage(address, wordOf(at)))),
    hasStorage: journal.hasStorage(address),
    record: journal.getSvmRecord(address),
    bound: hexOf(journal.getBoundPubkey(address)),
    data: hexOf(data),
    warm: journal.isWarmAccount(address),
    warmSlots: keys.map((at) => journal.isWarmStorage(address, wordOf(at))),
    created: journal.wasCreated(address),
    destroyed: journal.isDestroyed(address),
    touchedWith: journal.touched(ACCOUNTS).find(({ address: touched }) => equalBytes(touched, address))?.before,
    logs: journal.logs.map((log) => log.data[0]),
    programLogs: journal.programLogs.map((log) => log.line),
    burnt: journal.burnt,
  }).toEqual({
    exists: expected.nonce > 0n || expected.balance > 0n || expected.code.length > 0 || expected.svm !== undefined,
    nonce: expected.nonce,
    balance: expected.balance,
    code: hexOf(code),
    codeSize: code.length,
    codeHash: hexOf(keccak256(code)),
    slots: keys.map((at) => hexOf(wordOf(expected.slots.get(at) ?? 0))),
    originals: keys.map((at) => hexOf(wordOf(original.slots.get(at) ?? 0))),
    transient: keys.map((at) => hexOf(wordOf(model.now.transient.get(`${index}:${at}`) ?? 0))),
    hasStorage: expected.hasSlots,
    record: expected.svm,
    bound: hexOf(expected.svm?.pubkey),
    data: hexOf(expected.data),
    warm: model.now.warm.has(`${index}`),
    warmSlots: keys.map((at) => model.now.warm.has(`${index}:${at}`)),
    created: model.now.created.has(index),
    destroyed: model.now.destroyed.has(index),
    touchedWith: model.now.touched.has(index) ? original.balance : undefined,
    logs: model.now.logs,
    programLogs: model.now.programLogs,
    burnt: model.now.burnt,
  });
}

function apply(flat: Map<string, string>, diff: StateDiff): void {
  for (const { key: flatKey, value } of diff.entries) {
    if (value === undefined) flat.delete(keyOf(flatKey));
    else flat.set(keyOf(flatKey), hexOf(value) as string);
  }
}

function expectSame(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected);
}

function expectThrow(action: () => void, message: RegExp): void {
  expect(action).toThrow(message);
}

/** Sorted, real changes only; undoing gives back what was. The flat state is then that of the diff. */
function expectDiff({ diff, undo }: DiffAndUndo, flat: Map<string, string>): void {
  const before = new Map(flat);
  expect(undo.entries.map((entry) => keyOf(entry.key))).toEqual(diff.entries.map((entry) => keyOf(entry.key)));
  diff.entries.forEach((entry, at) => {
    expect(hexOf(undo.entries[at]?.value)).toBe(flat.get(keyOf(entry.key)));
    expect(hexOf(entry.value)).not.toBe(flat.get(keyOf(entry.key)));
    expect(compareBytes(entry.key, diff.entries[at + 1]?.key ?? Uint8Array.of(255))).toBeLessThan(0);
  });
  apply(flat, diff);
  apply(flat, undo);
  expect(flat).toEqual(before);
  apply(flat, diff);
}

/** The flat state is exactly what the model has, empty accounts included. */
function expectState(reader: StateReader, flat: Map<string, string>, model: JournalModel): void {
  for (let index = 0; index < ACCOUNTS; index++) {
    const address = modelAddress(index);
    const expected = model.now.accounts.get(index);
    const record = reader.getAccount(address);
    expect(flat.has(keyOf(accountFlatKey(address)))).toBe(expected !== undefined);
    if (expected === undefined || record === undefined) continue;
    const { storageGeneration, ...rest } = record;
    const code = Uint8Array.from(expected.code);
    expect(rest).toEqual({
      nonce: expected.nonce,
      balance: expected.balance,
      codeHash: expected.svm === undefined ? keccak256(code) : keccak256(svmDesignator(expected.svm)),
      hasSlots: expected.hasSlots,
      svm: expected.svm,
    });
    expect(reader.getCode(record.codeHash)).toEqual(code.length > 0 ? code : undefined);
    for (let at = 0; at < KEYS; at++) {
      const value = expected.slots.get(at);
      expect(reader.getSlot(address, storageGeneration, wordOf(at))).toEqual(value === undefined ? undefined : wordOf(value));
    }
    for (let page = 0; page < 10; page++) {
      const start = page * accountDataPageSize;
      const chunk = reader.getDataPage(address, page) ?? new Uint8Array(0);
      const expectedChunk = expected.data.subarray(start, start + accountDataPageSize);
      expect(hexOf(resize(chunk, accountDataPageSize))).toBe(hexOf(resize(expectedChunk, accountDataPageSize)));
    }
  }
}

test.each(Object.entries(mixtures))("a journal does what maps that are copied at every checkpoint do: %s", (_, operation) => {
  fc.assert(
    fc.property(fc.array<Operation>(operation, { maxLength: 100, size: "max" }), (operations) => {
      const run = createRun();
      for (const next of operations) step(run, next);
      expect(run.journal.burnt).toBe(run.model.now.burnt);
      for (let index = 0; index < ACCOUNTS; index++) expectAccount(run.journal, run.model, index);
      step(run, { kind: "takeDiff" });
    }),
    { numRuns: 150 },
  );
});

test("an SVM record without lamports is removed although its account was only credited, by less than a lamport", () => {
  const run = createRun();
  step(run, { kind: "setRecord", account: 3, length: 0, executable: false });
  step(run, { kind: "takeDiff" });
  step(run, { kind: "credit", account: 3, wei: 1n });
  step(run, { kind: "end" });
  expectAccount(run.journal, run.model, 3);
});
