/** The naive model of a journal: plain maps that are copied whole at every checkpoint. */
import type { Address, SvmRecord } from "@trireme/core";

export interface ModelAccount {
  nonce: bigint;
  balance: bigint;
  code: number[];
  slots: Map<number, number>;
  /** Whether a slot ever was something else than zero since the last clearing. */
  hasSlots: boolean;
  svm: SvmRecord | undefined;
  data: Uint8Array;
}

interface Everything {
  accounts: Map<number, ModelAccount>;
  transient: Map<string, number>;
  warm: Set<string>;
  created: Set<number>;
  destroyed: Set<number>;
  touched: Set<number>;
  logs: number[];
  programLogs: string[];
  burnt: bigint;
}

export interface JournalModel {
  now: Everything;
  /** As it was when the transaction began. */
  original: Everything;
  readonly checkpoints: { readonly checkpoint: number; readonly copy: Everything }[];
}

export function createModel(): JournalModel {
  const now: Everything = {
    accounts: new Map(),
    transient: new Map(),
    warm: new Set(),
    created: new Set(),
    destroyed: new Set(),
    touched: new Set(),
    logs: [],
    programLogs: [],
    burnt: 0n,
  };
  return { now, original: structuredClone(now), checkpoints: [] };
}

/** The account, made where there is none, and touched. */
export function written(model: JournalModel, index: number): ModelAccount {
  model.now.touched.add(index);
  let account = model.now.accounts.get(index);
  if (account === undefined) {
    account = { nonce: 0n, balance: 0n, code: [], slots: new Map(), hasSlots: false, svm: undefined, data: new Uint8Array(0) };
    model.now.accounts.set(index, account);
  }
  return account;
}

export function balanceOf(model: JournalModel, index: number): bigint {
  return model.now.accounts.get(index)?.balance ?? 0n;
}

export function resize(data: Uint8Array, length: number): Uint8Array {
  const resized = new Uint8Array(length);
  resized.set(data.subarray(0, length));
  return resized;
}

export function beginModel(model: JournalModel): void {
  const { accounts, burnt } = model.now;
  model.now = { ...createModel().now, accounts, burnt };
  model.original = structuredClone(model.now);
  model.checkpoints.length = 0;
}

export function endModel(model: JournalModel): void {
  const { accounts, destroyed, touched } = model.now;
  for (const index of destroyed) {
    model.now.burnt += accounts.get(index)?.balance ?? 0n;
    accounts.delete(index);
  }
  for (const index of touched) {
    const account = accounts.get(index);
    if (account === undefined) continue;
    if (account.balance < 1_000_000_000n) {
      account.svm = undefined;
      account.data = new Uint8Array(0);
    }
    if (account.balance === 0n && account.nonce === 0n && account.code.length === 0 && account.svm === undefined) accounts.delete(index);
  }
  model.checkpoints.length = 0;
}

export function rollbackModel(model: JournalModel): void {
  model.now = structuredClone(model.original);
  beginModel(model);
}

/** `Address` number `index` of the model. */
export function modelAddress(index: number): Address {
  return new Uint8Array(20).fill(index + 1) as Address;
}
