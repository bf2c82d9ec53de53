/** The ledger of the model host: accounts, storage, access sets and logs, with no notion of who runs on them. */
import {
  bytesToHex,
  emptyBytes,
  emptyCodeHash,
  equalBytes,
  keccak256,
  svmDesignator,
  TriremeError,
  zeroHash,
  type Address,
  type Checkpoint,
  type Hash,
  type Host,
} from "@trireme/core";
import {
  copyModelState,
  emptyModelAccount,
  emptyModelState,
  isEmptyModelAccount,
  slotKey,
  type ModelAccount,
  type ModelState,
} from "./model-state.ts";

/** What the host is asked before anything is written; it throws when the write may not be. */
export interface ModelGuard {
  /** Before a write that a static frame may not make. */
  beforeWrite(): void;
  /** Before a change of balance, owner, data or executable flag: what a caller may have frozen. */
  beforeChange(address: Address): void;
}

/** The part of a Host that is only state. */
export type LedgerHost = Omit<
  Host,
  "block" | "transaction" | "tracer" | "getBlockHash" | "call" | "openFrames" | "kindOf" | "mayDeploy" | "reserveMemory" | "releaseMemory"
>;

/** State with checkpoints, and the borders of a transaction. */
export interface ModelLedger {
  readonly host: LedgerHost;
  readonly state: ModelState;
  /** How many checkpoints are open. */
  readonly openCheckpoints: number;
  beginTransaction(): void;
  endTransaction(): void;
}

/** An empty ledger. */
export function createModelLedger(guard: ModelGuard): ModelLedger {
  let state = emptyModelState();
  let original = copyModelState(state);
  let checkpoints: ModelState[] = [];

  const find = (address: Address): ModelAccount => state.accounts.get(bytesToHex(address)) ?? emptyModelAccount();
  const edit = (address: Address): ModelAccount => {
    const key = bytesToHex(address);
    const account = state.accounts.get(key) ?? emptyModelAccount();
    state.accounts.set(key, account);
    state.touched.add(key);
    return account;
  };
  const codeOf = (account: ModelAccount): Uint8Array => (account.svm === undefined ? account.code : svmDesignator(account.svm));
  const setBalance = (address: Address, wei: bigint): void => {
    if (wei !== find(address).balance) guard.beforeChange(address);
    edit(address).balance = wei;
  };
  const transfer = (from: Address, to: Address, wei: bigint): boolean => {
    if (find(from).balance < wei) return false;
    setBalance(from, find(from).balance - wei);
    setBalance(to, saturated(find(to).balance + wei));
    return true;
  };

  const closeCheckpoint = (checkpoint: Checkpoint): ModelState => {
    const saved = checkpoints[checkpoint];
    if (saved === undefined || checkpoint !== checkpoints.length - 1) {
      throw new TriremeError("HOST_FAULT", `expected the innermost checkpoint ${checkpoints.length - 1}, got ${checkpoint}`);
    }
    checkpoints.pop();
    return saved;
  };

  const host: LedgerHost = {
    exists: (address) => !isEmptyModelAccount(find(address)),
    getBalance: (address) => find(address).balance,
    setBalance,
    credit: (address, wei) => setBalance(address, saturated(find(address).balance + wei)),
    burn: (address, wei) => {
      setBalance(address, find(address).balance - wei);
      state.burnt += wei;
    },
    transfer,
    getNonce: (address) => find(address).nonce,
    setNonce: (address, nonce) => {
      if (nonce !== find(address).nonce) guard.beforeWrite();
      edit(address).nonce = nonce;
    },
    getCode: (address) => codeOf(find(address)),
    getCodeSize: (address) => codeOf(find(address)).length,
    getCodeHash: (address) => {
      const code = codeOf(find(address));
      return code.length === 0 ? emptyCodeHash : (keccak256(code) as Hash);
    },
    setCode: (address, code) => {
      guard.beforeWrite();
      edit(address).code = code.slice();
    },
    touch: (address) => void edit(address),

    getStorage: (address, key) => hexBytes(find(address).storage.get(bytesToHex(key))),
    getOriginalStorage: (address, key) => hexBytes(original.accounts.get(bytesToHex(address))?.storage.get(bytesToHex(key))),
    setStorage: (address, key, value) => {
      guard.beforeWrite();
      if (find(address).svm !== undefined) throw new TriremeError("INVALID_ARGUMENT", "expected an account without an SVM record, got one");
      const account = edit(address);
      if (equalBytes(value, zeroHash)) account.storage.delete(bytesToHex(key));
      else {
        account.storage.set(bytesToHex(key), bytesToHex(value));
        account.hasSlots = true;
      }
    },
    hasStorage: (address) => find(address).hasSlots,
    clearStorage: (address) => {
      guard.beforeWrite();
      const account = edit(address);
      account.storage.clear();
      account.hasSlots = false;
    },
    getTransientStorage: (address, key) => hexBytes(state.transient.get(slotKey(address, key))),
    setTransientStorage: (address, key, value) => {
      guard.beforeWrite();
      state.transient.set(slotKey(address, key), bytesToHex(value));
    },

    getSvmRecord: (address) => find(address).svm,
    setSvmRecord: (address, record) => {
      guard.beforeChange(address);
      const account = edit(address);
      const data = new Uint8Array(record.dataLength);
      data.set(account.data.subarray(0, record.dataLength));
      account.svm = record;
      account.data = data;
    },
    removeSvmRecord: (address) => {
      guard.beforeChange(address);
      const account = edit(address);
      account.svm = undefined;
      account.data = emptyBytes;
    },
    getBoundPubkey: (address) => find(address).svm?.pubkey,
    readAccountData: (address, offset, target) => {
      assertRange(find(address), offset, target.length);
      target.set(find(address).data.subarray(offset, offset + target.length));
    },
    writeAccountData: (address, offset, source) => {
      assertRange(find(address), offset, source.length);
      guard.beforeChange(address);
      edit(address).data.set(source, offset);
    },

    accessAccount: (address) => addTo(state.warmAccounts, bytesToHex(address)),
    accessStorage: (address, key) => addTo(state.warmSlots, slotKey(address, key)),
    isWarmAccount: (address) => state.warmAccounts.has(bytesToHex(address)),
    isWarmStorage: (address, key) => state.warmSlots.has(slotKey(address, key)),

    markCreated: (address) => void state.created.add(bytesToHex(address)),
    wasCreated: (address) => state.created.has(bytesToHex(address)),
    destroy: (address) => {
      guard.beforeChange(address);
      state.destroyed.add(bytesToHex(address));
    },
    isDestroyed: (address) => state.destroyed.has(bytesToHex(address)),

    emitLog: (log) => {
      guard.beforeWrite();
      state.logs.push({ address: log.address, topics: log.topics.map((topic) => topic.slice()), data: log.data.slice() });
    },
    emitProgramLog: (address, line) => void state.programLogs.push({ address, line }),

    checkpoint: () => checkpoints.push(copyModelState(state)) - 1,
    commit: (checkpoint) => void closeCheckpoint(checkpoint),
    revert: (checkpoint) => {
      const { programLogs } = state;
      state = { ...closeCheckpoint(checkpoint), programLogs };
    },
  };

  return {
    host,
    get state() {
      return state;
    },
    get openCheckpoints() {
      return checkpoints.length;
    },
    beginTransaction: () => {
      state = { ...emptyModelState(), accounts: state.accounts, burnt: state.burnt };
      original = copyModelState(state);
      checkpoints = [];
    },
    endTransaction: () => {
      for (const key of state.destroyed) {
        state.burnt += state.accounts.get(key)?.balance ?? 0n;
        state.accounts.delete(key);
      }
      for (const key of state.touched) {
        const account = state.accounts.get(key);
        if (account === undefined) continue;
        if (account.svm !== undefined && account.balance < 1_000_000_000n) {
          account.svm = undefined;
          account.data = emptyBytes;
        }
        if (isEmptyModelAccount(account)) state.accounts.delete(key);
      }
    },
  };
}

function saturated(wei: bigint): bigint {
  return wei >> 256n === 0n ? wei : (1n << 256n) - 1n;
}

function hexBytes(hex: string | undefined): Uint8Array {
  return hex === undefined
    ? zeroHash
    : Uint8Array.from({ length: 32 }, (_, index) => Number.parseInt(hex.slice(2 + index * 2, 4 + index * 2), 16));
}

function addTo<T>(set: Set<T>, value: T): boolean {
  const wasThere = set.has(value);
  set.add(value);
  return wasThere;
}

/** A range of data that is there: an account without a record has none, not even an empty one. */
function assertRange({ svm, data }: ModelAccount, offset: number, length: number): void {
  if (svm === undefined || offset < 0 || offset + length > data.length)
    throw new TriremeError(
      "INVALID_ARGUMENT",
      `expected a range within ${data.length} bytes of account data, got ${offset} to ${offset + length}`,
    );
}
