/**
 * The model host: one chain state in plain maps, a checkpoint is a copy of all of it. It follows the same written
 * rules as the real host and shares no code with it, so that the two can be compared.
 */
import {
  bytesToHex,
  delegationTarget,
  emptyBytes,
  emptyCodeHash,
  equalBytes,
  keccak256,
  maxCallDepth,
  svmDesignator,
  TriremeError,
  zeroHash,
  type Address,
  type BlockContext,
  type Checkpoint,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Hash,
  type Host,
  type Log,
  type Message,
  type ProgramLog,
  type Tracer,
  type TransactionContext,
} from "@trireme/core";
import { testBlock, testTransaction } from "./context.ts";
import { environmentOf, modelKindOf, modelMayDeploy } from "./model-routing.ts";
import {
  copyModelState,
  emptyModelAccount,
  emptyModelState,
  isEmptyModelAccount,
  slotKey,
  type ModelAccount,
  type ModelState,
} from "./model-state.ts";
import { encodeSolidityError } from "./solidity-error.ts";

/** What a model host is made of; everything has a default but the environments. */
export interface ModelHostOptions {
  readonly environments: readonly ExecutionEnvironment[];
  readonly block?: BlockContext;
  readonly transaction?: TransactionContext;
  readonly getBlockHash?: (number: bigint) => Hash | undefined;
  readonly tracer?: Tracer;
  /** Times that an environment may be entered again through another one on one stack; 64. */
  readonly reentryLimit?: number;
  /** Bytes for all suspended frames together; 256 MiB. */
  readonly memoryBudget?: number;
}

/** A Host, and what a test wants to see of it. */
export interface ModelHost extends Host {
  readonly logs: readonly Log[];
  readonly programLogs: readonly ProgramLog[];
  /** Wei burnt so far. */
  readonly burnt: bigint;
  /** A copy of all state: two hosts that did the same have equal snapshots. */
  snapshot(): ModelState;
  /** Forgets what belongs to one transaction: transient storage, access sets, marks, logs. */
  beginTransaction(): void;
  /** Removes destroyed accounts and empty touched ones, and SVM records without lamports. */
  endTransaction(): void;
}

interface ModelFrame {
  readonly message: Message;
  readonly environment: string;
}

/** Leaves every frame above and in `frame`, which then fails. */
class Unwinding extends Error {
  readonly frame: ModelFrame;
  readonly reason: "writeProtection" | "accountFrozen";
  constructor(frame: ModelFrame, reason: "writeProtection" | "accountFrozen") {
    super(reason);
    this.frame = frame;
    this.reason = reason;
  }
}

const SVM_ERROR = "SVM account: call it through the SVM gateway, invoke(program, accounts, data)";

/** A new model host with no account in it. */
export function createModelHost(options: ModelHostOptions): ModelHost {
  const { environments, tracer } = options;
  const block = options.block ?? testBlock;
  const reentryLimit = options.reentryLimit ?? 64;
  let state = emptyModelState();
  let original = copyModelState(state);
  let checkpoints: ModelState[] = [];
  let frames: ModelFrame[] = [];
  let memoryLeft = options.memoryBudget ?? 256 * 1024 * 1024;

  const find = (address: Address): ModelAccount => state.accounts.get(bytesToHex(address)) ?? emptyModelAccount();
  const edit = (address: Address): ModelAccount => {
    const key = bytesToHex(address);
    const account = state.accounts.get(key) ?? emptyModelAccount();
    state.accounts.set(key, account);
    state.touched.add(key);
    return account;
  };
  const codeOf = (account: ModelAccount): Uint8Array => (account.svm === undefined ? account.code : svmDesignator(account.svm));
  const routed = (address: Address) => ({ code: codeOf(find(address)), svm: find(address).svm });

  const refuseInStaticFrame = (): void => {
    const frame = frames.at(-1);
    if (frame?.message.isStatic === true) throw new Unwinding(frame, "writeProtection");
  };
  const refuseFrozen = (address: Address): void => {
    const frame = frames.find(({ message }) => message.frozen?.some((held) => equalBytes(held, address)));
    if (frame !== undefined) throw new Unwinding(frame, "accountFrozen");
  };
  const setBalance = (address: Address, wei: bigint): void => {
    if (wei !== find(address).balance) {
      refuseInStaticFrame();
      refuseFrozen(address);
    }
    edit(address).balance = wei;
  };
  const transfer = (from: Address, to: Address, wei: bigint): boolean => {
    if (find(from).balance < wei) return false;
    setBalance(from, find(from).balance - wei);
    setBalance(to, find(to).balance + wei);
    return true;
  };

  const environmentFor = (
    message: Message,
  ): { environment: ExecutionEnvironment | undefined; message: Message; isSvmAccount: boolean; isPlain: boolean } => {
    const routedTo = (environment: ExecutionEnvironment | undefined, frame: Message = message) => ({
      environment,
      message: frame,
      isSvmAccount: false,
      isPlain: false,
    });
    if (message.kind === "create") return routedTo(environmentOf("default", environments));
    if (message.kind === "instruction") return routedTo(environmentOf("program", environments));
    const kind = modelKindOf(message.codeAddress, routed, environments, block.hardfork);
    if (kind.kind === "code") {
      const environment = environments.find(({ id }) => id === kind.environment);
      if (environment === undefined || environment.claims.kind === "default") return routedTo(environment);
      const target = delegationTarget(codeOf(find(message.codeAddress)));
      return routedTo(environment, target === undefined ? message : { ...message, codeAddress: target as Address });
    }
    if (kind.kind !== "none") {
      const isPlain = message.scheme === "call" && message.input.length === 0 && find(message.codeAddress).svm !== undefined;
      return { environment: undefined, message, isSvmAccount: !isPlain, isPlain };
    }
    const owner = environments.find((environment) => environment.runsAddress?.(message.codeAddress, block));
    const fallback = environmentOf("default", environments);
    const environment = owner ?? (fallback?.runsAddress === undefined ? fallback : undefined);
    return { environment, message, isSvmAccount: false, isPlain: environment === undefined };
  };

  const reentriesOf = (id: string): number => {
    let reentries = 0;
    for (const [index, frame] of frames.entries()) {
      const isEnteredFromAnother = index > 0 && frames[index - 1]?.environment !== id;
      const wasThereBefore = frames.slice(0, index).some(({ environment }) => environment === id);
      if (frame.environment === id && isEnteredFromAnother && wasThereBefore) reentries++;
    }
    return reentries;
  };

  const run = (given: Message, parent: ModelFrame | undefined): ExecutionResult => {
    const value =
      given.kind === "instruction" || (given.kind === "call" && given.scheme !== "call" && given.scheme !== "callcode") ? 0n : given.value;
    const isWriting = given.kind === "create" || (given.kind === "call" && given.scheme === "call" && value > 0n);
    if (isWriting && given.isStatic) {
      if (parent?.message.isStatic === true) throw new Unwinding(parent, "writeProtection");
      return { kind: "halt", reason: "writeProtection" };
    }
    if (given.depth > maxCallDepth) return { kind: "revert", gasLeft: given.gas, output: emptyBytes, refused: "callDepth" };
    if (value > find(given.sender).balance)
      return { kind: "revert", gasLeft: given.gas, output: emptyBytes, refused: "insufficientBalance" };
    const { environment, message, isSvmAccount, isPlain } = environmentFor(given);
    if (isSvmAccount) return { kind: "revert", gasLeft: given.gas, output: encodeSolidityError(SVM_ERROR), refused: "notCallable" };
    if (environment === undefined && !isPlain) return { kind: "halt", reason: "noEnvironment" };
    const isReentry =
      environment !== undefined &&
      parent !== undefined &&
      parent.environment !== environment.id &&
      frames.some((frame) => frame.environment === environment.id);
    if (isReentry && reentriesOf(environment.id) >= reentryLimit) return { kind: "halt", reason: "reentryLimit" };

    const depth = frames.length;
    const openCheckpoints = checkpoints.length;
    const memoryBefore = memoryLeft;
    const checkpoint = host.checkpoint();
    if (message.kind === "call" && message.scheme === "call") transfer(message.sender, message.recipient, value);
    else if (message.kind === "call" && message.scheme === "staticcall") edit(message.recipient);
    const frame: ModelFrame = { message, environment: environment?.id ?? "" };
    frames.push(frame);
    let result: ExecutionResult;
    try {
      result =
        environment === undefined
          ? { kind: "success", gasLeft: message.gas, gasRefund: 0n, output: emptyBytes }
          : environment.execute(message, host);
    } catch (error) {
      if (!(error instanceof Unwinding) || error.frame !== frame) throw error;
      result = { kind: "halt", reason: error.reason };
    } finally {
      frames = frames.slice(0, depth);
      memoryLeft = memoryBefore;
    }
    if (result.kind !== "halt" && (result.gasLeft > message.gas || result.gasLeft < 0n)) {
      throw new TriremeError("HOST_FAULT", `expected at most ${message.gas} gas back from ${frame.environment}, got ${result.gasLeft}`);
    }
    checkpoints = checkpoints.slice(0, openCheckpoints + 1);
    if (result.kind === "success") host.commit(checkpoint);
    else host.revert(checkpoint);
    return result;
  };

  const host: ModelHost = {
    block,
    transaction: options.transaction ?? testTransaction,
    tracer,
    getBlockHash: (number) => (number < block.number && number + 256n >= block.number ? options.getBlockHash?.(number) : undefined),

    exists: (address) => !isEmptyModelAccount(find(address)),
    getBalance: (address) => find(address).balance,
    setBalance,
    credit: (address, wei) => setBalance(address, find(address).balance + wei),
    burn: (address, wei) => {
      setBalance(address, find(address).balance - wei);
      state.burnt += wei;
    },
    transfer,
    getNonce: (address) => find(address).nonce,
    setNonce: (address, nonce) => {
      if (nonce !== find(address).nonce) refuseInStaticFrame();
      edit(address).nonce = nonce;
    },
    getCode: (address) => codeOf(find(address)),
    getCodeSize: (address) => codeOf(find(address)).length,
    getCodeHash: (address) => {
      const code = codeOf(find(address));
      return code.length === 0 ? emptyCodeHash : (keccak256(code) as Hash);
    },
    setCode: (address, code) => {
      refuseInStaticFrame();
      edit(address).code = code.slice();
    },
    touch: (address) => void edit(address),
    kindOf: (address) => modelKindOf(address, routed, environments, block.hardfork),

    getStorage: (address, key) => hexBytes(find(address).storage.get(bytesToHex(key))),
    getOriginalStorage: (address, key) => hexBytes(original.accounts.get(bytesToHex(address))?.storage.get(bytesToHex(key))),
    setStorage: (address, key, value) => {
      refuseInStaticFrame();
      const { storage } = edit(address);
      if (equalBytes(value, zeroHash)) storage.delete(bytesToHex(key));
      else storage.set(bytesToHex(key), bytesToHex(value));
    },
    hasStorage: (address) => find(address).storage.size > 0,
    clearStorage: (address) => {
      refuseInStaticFrame();
      edit(address).storage.clear();
    },
    getTransientStorage: (address, key) => hexBytes(state.transient.get(slotKey(address, key))),
    setTransientStorage: (address, key, value) => {
      refuseInStaticFrame();
      state.transient.set(slotKey(address, key), bytesToHex(value));
    },

    getSvmRecord: (address) => find(address).svm,
    setSvmRecord: (address, record) => {
      refuseInStaticFrame();
      refuseFrozen(address);
      const account = edit(address);
      const data = new Uint8Array(record.dataLength);
      data.set(account.data.subarray(0, record.dataLength));
      account.svm = record;
      account.data = data;
    },
    removeSvmRecord: (address) => {
      refuseInStaticFrame();
      refuseFrozen(address);
      const account = edit(address);
      account.svm = undefined;
      account.data = emptyBytes;
    },
    getBoundPubkey: (address) => find(address).svm?.pubkey,
    readAccountData: (address, offset, target) => target.set(find(address).data.subarray(offset, offset + target.length)),
    writeAccountData: (address, offset, source) => {
      refuseInStaticFrame();
      refuseFrozen(address);
      edit(address).data.set(source, offset);
    },

    accessAccount: (address) => addTo(state.warmAccounts, bytesToHex(address)),
    accessStorage: (address, key) => addTo(state.warmSlots, slotKey(address, key)),
    isWarmAccount: (address) => state.warmAccounts.has(bytesToHex(address)),
    isWarmStorage: (address, key) => state.warmSlots.has(slotKey(address, key)),

    markCreated: (address) => void state.created.add(bytesToHex(address)),
    wasCreated: (address) => state.created.has(bytesToHex(address)),
    destroy: (address) => {
      refuseInStaticFrame();
      refuseFrozen(address);
      state.destroyed.add(bytesToHex(address));
    },
    isDestroyed: (address) => state.destroyed.has(bytesToHex(address)),
    mayDeploy: (code) => modelMayDeploy(code, environments),

    emitLog: (log) => {
      refuseInStaticFrame();
      state.logs.push({ address: log.address, topics: log.topics.map((topic) => topic.slice()), data: log.data.slice() });
      tracer?.log(log);
    },
    emitProgramLog: (address, line) => void state.programLogs.push({ address, line }),

    call: (given) => {
      const parent = frames.at(-1);
      if (parent !== undefined && given.depth <= parent.message.depth) {
        throw new TriremeError("HOST_FAULT", `expected a call deeper than its caller's depth ${parent.message.depth}, got ${given.depth}`);
      }
      const isStatic = given.isStatic || parent?.message.isStatic === true || (given.kind === "call" && given.scheme === "staticcall");
      const message = isStatic === given.isStatic ? given : { ...given, isStatic };
      if (tracer === undefined) return run(message, parent);
      tracer.enter(message, environmentFor(message).environment?.id);
      const result = run(message, parent);
      tracer.exit(result);
      return result;
    },
    checkpoint: () => checkpoints.push(copyModelState(state)) - 1,
    commit: (checkpoint) => closeCheckpoint(checkpoint),
    revert: (checkpoint) => {
      state = closeCheckpoint(checkpoint);
    },

    reserveMemory: (bytes) => {
      if (bytes > memoryLeft) return false;
      memoryLeft -= bytes;
      return true;
    },
    releaseMemory: (bytes) => {
      memoryLeft += bytes;
    },

    get logs() {
      return state.logs;
    },
    get programLogs() {
      return state.programLogs;
    },
    get burnt() {
      return state.burnt;
    },
    snapshot: () => copyModelState(state),
    beginTransaction: () => {
      state = { ...emptyModelState(), accounts: state.accounts, burnt: state.burnt };
      original = copyModelState(state);
      checkpoints = [];
      frames = [];
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

  function closeCheckpoint(checkpoint: Checkpoint): ModelState {
    const saved = checkpoints[checkpoint];
    if (saved === undefined || checkpoint !== checkpoints.length - 1) {
      throw new TriremeError("HOST_FAULT", `expected the innermost checkpoint ${checkpoints.length - 1}, got ${checkpoint}`);
    }
    checkpoints.pop();
    return saved;
  }

  return host;
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
