/** The host executor: transactions, calls and blocks over a journal, serially. */
import {
  TriremeError,
  type Address,
  type BlockContext,
  type BlockHooks,
  type BlockRoom,
  type DeclaredAccount,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Host,
  type Log,
  type Message,
  type ProgramLog,
  type Transaction,
  type TransactionContext,
  type TransactionError,
  type TransactionFormat,
  type TransactionOutcome,
} from "@trireme/core";
import type { Journal } from "@trireme/state";
import { runBlock, type BlockExecution, type BlockRequest } from "./block-execution.ts";
import { ExecutionHost } from "./execution-host.ts";
import type { ExecutionOptions } from "./execution-options.ts";
import { toHostFault } from "./host-fault.ts";
import { defaultMemoryBudget, defaultReentryLimit } from "./limits.ts";
import { createEnvironmentRegistry } from "./registry.ts";
import { runHook, runSystemCall, type SystemCall } from "./system-call.ts";
import { formatOf, noTransaction, runFrames, runTransaction } from "./transaction-execution.ts";

/** What a chain is made of, for execution. */
export interface HostExecutorOptions {
  readonly environments: readonly ExecutionEnvironment[];
  readonly formats: readonly TransactionFormat[];
  readonly reentryLimit?: number;
  /** In bytes. */
  readonly memoryBudget?: number;
}

/** What a call may be given. */
export interface CallExecutionOptions extends ExecutionOptions {
  /** Runs before the frame in the same transaction: access lists, nonces, balances. */
  readonly before?: (host: Host) => void;
  /** Runs after the frame, before everything is rolled back. */
  readonly after?: (host: Host) => void;
}

/** How a call outside of any transaction ended. */
export interface CallExecution {
  readonly result: ExecutionResult;
  readonly logs: readonly Log[];
  readonly programLogs: readonly ProgramLog[];
}

/** Executes over journals; keeps no chain state. */
export interface HostExecutor {
  /** Accounts that its environments make warm in every transaction. */
  readonly warmAddresses: readonly Address[];
  /**
   * Runs one transaction and leaves it in the journal's block.
   * @throws TriremeError `UNKNOWN_FORMAT` | `HOST_FAULT` | `STACK_OVERFLOW`; the journal is as before, but after a
   * stack overflow it may be damaged: throw it away.
   */
  executeTransaction(
    transaction: Transaction,
    journal: Journal,
    block: BlockContext,
    room: BlockRoom,
    options?: ExecutionOptions,
  ): TransactionOutcome;
  /**
   * Why a transaction could not stand in the block as it is, found without running it; `adjust` may first change what
   * the check sees (a mempool takes nonces that are too high). The journal is as before.
   */
  checkTransaction(
    transaction: Transaction,
    journal: Journal,
    block: BlockContext,
    room: BlockRoom,
    adjust?: (host: Host) => void,
    options?: ExecutionOptions,
  ): TransactionError | undefined;
  /**
   * All accounts that a transaction declares, those in tables of the state included, as the journal has them; undefined where
   * its dialect declares none, or where a table is not there. The journal is as before.
   */
  accountsDeclaredBy(transaction: Transaction, journal: Journal, block: BlockContext): readonly DeclaredAccount[] | undefined;
  /** Runs transactions in their order within the block's limits. @throws as `executeTransaction` */
  executeBlock(request: BlockRequest): BlockExecution;
  /** Runs one frame without a fee and rolls all of it back. @throws as `executeTransaction` */
  call(message: Message, journal: Journal, block: BlockContext, context: TransactionContext, options?: CallExecutionOptions): CallExecution;
  /**
   * A call by the protocol itself, kept in the journal's block: 30 million gas, no fee, from the system address
   * (EIP-4788). Undefined, and nothing done, when there is no code to call.
   */
  systemCall(call: SystemCall, journal: Journal, block: BlockContext, options?: ExecutionOptions): ExecutionResult | undefined;
  /**
   * Lets the environment of an account compile what stands there, ahead of the block. Leaves nothing in the journal, which
   * is to be thrown away after a fault. @throws whatever the environment throws: it means nothing
   */
  compileAhead(address: Address, journal: Journal, block: BlockContext): void;
  /** Runs a hook of all environments, then of all formats, in the journal's block. @throws as `executeTransaction` */
  runHooks(hook: keyof BlockHooks, journal: Journal, block: BlockContext, options?: ExecutionOptions): void;
}

/** @throws TriremeError `INVALID_CONFIGURATION` when environments or formats clash. */
export function createHostExecutor(options: HostExecutorOptions): HostExecutor {
  const registry = createEnvironmentRegistry(options.environments);
  const formats = formatsById(options.formats);
  const hooked: readonly BlockHooks[] = [...options.environments, ...options.formats];
  const { reentryLimit = defaultReentryLimit, memoryBudget = defaultMemoryBudget } = options;

  const open = (journal: Journal, block: BlockContext, { getBlockHash = noBlockHash, tracer }: ExecutionOptions): ExecutionHost =>
    new ExecutionHost({ registry, journal, block, transaction: noTransaction, getBlockHash, tracer, reentryLimit, memoryBudget });

  const executor: HostExecutor = {
    warmAddresses: registry.warmAddresses,
    executeTransaction: (transaction, journal, block, room, execution = {}) =>
      runTransaction(transaction, formatOf(transaction, formats), open(journal, block, execution), journal, room),
    checkTransaction(transaction, journal, block, room, adjust, execution = {}) {
      const host = open(journal, block, execution);
      journal.beginTransaction();
      try {
        adjust?.(host);
        const prepared = formatOf(transaction, formats).prepare(transaction, host, block, room);
        return prepared.kind === "invalid" ? prepared.error : undefined;
      } finally {
        journal.rollbackTransaction();
      }
    },
    accountsDeclaredBy(transaction, journal, block) {
      const { resolve } = formatOf(transaction, formats);
      if (transaction.declared !== undefined || resolve === undefined) return transaction.declared;
      journal.beginTransaction();
      try {
        const resolved = resolve(transaction, open(journal, block, {}));
        return resolved.kind === "decoded" ? resolved.transaction.declared : undefined;
      } finally {
        journal.rollbackTransaction();
      }
    },
    executeBlock: (request) => runBlock(request, executor.executeTransaction),
    call(message, journal, block, context, execution = {}) {
      const host = open(journal, block, execution);
      host.transaction = context;
      journal.beginTransaction();
      host.warmUp();
      try {
        execution.before?.(host);
        const result = runFrames([message], message.gas, host);
        execution.after?.(host);
        return { result, logs: journal.logs.slice(), programLogs: journal.programLogs.slice() };
      } catch (error) {
        throw toHostFault(error);
      } finally {
        journal.rollbackTransaction();
      }
    },
    compileAhead(address, journal, block) {
      const host = open(journal, block, {});
      journal.beginTransaction();
      try {
        const kind = host.kindOf(address);
        const id = kind.kind === "code" || kind.kind === "program" ? kind.environment : undefined;
        options.environments.find((environment) => environment.id === id)?.compileAhead?.(address, host);
      } finally {
        journal.rollbackTransaction();
      }
    },
    runHooks(hook, journal, block, execution = {}) {
      for (const party of hooked) if (party[hook] !== undefined) runHook(party, hook, open(journal, block, execution), journal);
    },
    systemCall: (call, journal, block, execution = {}) => runSystemCall(call, open(journal, block, execution), journal),
  };
  return executor;
}

function noBlockHash(): undefined {
  return undefined;
}

function formatsById(formats: readonly TransactionFormat[]): ReadonlyMap<string, TransactionFormat> {
  const byId = new Map<string, TransactionFormat>();
  for (const format of formats) {
    if (byId.has(format.id))
      throw new TriremeError("INVALID_CONFIGURATION", `expected formats with different ids, got two called ${JSON.stringify(format.id)}`);
    byId.set(format.id, format);
  }
  return byId;
}
