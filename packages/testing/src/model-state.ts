/** State of the model host: plain maps, copied whole at every checkpoint. Slow and obviously right. */
import { bytesToHex, emptyBytes, type Address, type Hex, type Log, type ProgramLog, type SvmRecord } from "@trireme/core";

/** One account of the model. Storage maps 32-byte keys to 32-byte values, both in hexadecimal; no zero is kept. */
export interface ModelAccount {
  nonce: bigint;
  balance: bigint;
  code: Uint8Array;
  storage: Map<Hex, Hex>;
  /** Whether a slot ever was something else than zero since the last clearing. */
  hasSlots: boolean;
  svm: SvmRecord | undefined;
  data: Uint8Array;
}

/** Everything that a checkpoint undoes, but for the program log lines, which stay. */
export interface ModelState {
  accounts: Map<Hex, ModelAccount>;
  transient: Map<Hex, Hex>;
  warmAccounts: Set<Hex>;
  warmSlots: Set<Hex>;
  touched: Set<Hex>;
  created: Set<Hex>;
  destroyed: Set<Hex>;
  logs: Log[];
  programLogs: ProgramLog[];
  burnt: bigint;
}

/** A state with nothing in it. */
export function emptyModelState(): ModelState {
  return {
    accounts: new Map(),
    transient: new Map(),
    warmAccounts: new Set(),
    warmSlots: new Set(),
    touched: new Set(),
    created: new Set(),
    destroyed: new Set(),
    logs: [],
    programLogs: [],
    burnt: 0n,
  };
}

/** An account that nobody has touched. */
export function emptyModelAccount(): ModelAccount {
  return { nonce: 0n, balance: 0n, code: emptyBytes, storage: new Map(), hasSlots: false, svm: undefined, data: emptyBytes };
}

/** A copy that shares nothing that anybody writes to. */
export function copyModelState(state: ModelState): ModelState {
  const accounts = new Map<Hex, ModelAccount>();
  for (const [key, account] of state.accounts) {
    accounts.set(key, { ...account, storage: new Map(account.storage), data: account.data.slice() });
  }
  return {
    accounts,
    transient: new Map(state.transient),
    warmAccounts: new Set(state.warmAccounts),
    warmSlots: new Set(state.warmSlots),
    touched: new Set(state.touched),
    created: new Set(state.created),
    destroyed: new Set(state.destroyed),
    logs: [...state.logs],
    programLogs: [...state.programLogs],
    burnt: state.burnt,
  };
}

/** EIP-161: no balance, nonce or code; an SVM record counts as content. */
export function isEmptyModelAccount(account: ModelAccount): boolean {
  return account.balance === 0n && account.nonce === 0n && account.code.length === 0 && account.svm === undefined;
}

/** Key of a slot of one account in a flat set or map. */
export function slotKey(address: Address, key: Uint8Array): Hex {
  return `${bytesToHex(address)}${bytesToHex(key).slice(2)}`;
}
