/** The state that all blocks of the benchmark stand on, and the two ways to run a block on it. */
import { equalBytes, type Address, type Transaction, type TransactionOutcome } from "@trireme/core";
import { createHostExecutor, defaultMemoryBudget, defaultReentryLimit, type HostExecutor } from "@trireme/host";
import { createBlockPool, encodeOutcome, type BlockPool, type PooledBlock, type RunRecord, type SerialWatch } from "@trireme/scheduler";
import {
  createJournal,
  createMemoryDatabase,
  createWorldState,
  flatGetOf,
  type DiffAndUndo,
  type Journal,
  type WorldState,
} from "@trireme/state";
import { createSvm } from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";
import { arbWasmAddress } from "@trireme/wasm";
import { ethereum, evm, solana, svm, wasm } from "./environments.ts";
import { calldataOf, ethereumTransactions, startBalance, walletAt, wordOf } from "./ethereum-transactions.ts";
import { parallelBlock, parentHash } from "./parallel-block.ts";
import type { ParallelWorkload } from "./workload.ts";

/** What a block came to, either way. */
export interface BlockResult {
  readonly outcomes: readonly TransactionOutcome[];
  readonly changes: DiffAndUndo;
  readonly aborts: number;
  readonly isOnThreads: boolean;
  /** Who ran what and when; undefined for a serial run that nobody watched. */
  readonly record: RunRecord | undefined;
}

/** Runs blocks on a state that stays as it is. */
export interface BlockGround {
  readonly world: WorldState;
  /** A journal in which the block has begun. */
  begin(): Journal;
  /** Runs one transaction in the block. */
  execute(transaction: Transaction, journal: Journal): TransactionOutcome;
  runSerially(transactions: readonly Transaction[], watch?: SerialWatch): BlockResult;
  /** `after`: in whose wake each transaction runs; the pool's own guess when left out. @throws Error (rejects) when the pool gives the block up */
  runOn(pool: BlockPool, transactions: readonly Transaction[], after?: Int32Array): Promise<BlockResult>;
  /** Makes a pool whose threads are there: they run a block of this transaction. @throws Error (rejects) when they do not come up */
  createPool(workers: number, transaction: Transaction): Promise<BlockPool>;
}

/** A pool waits so long for its threads that more than twice means that they do not come. */
const mostStarts = 3;
const execution = { getBlockHash: () => parentHash };
const formats = [ethereum(), solana()];
const environments = [evm(), wasm(), svm()];
const room = { gasLeft: parallelBlock.gasLimit, blobGasLeft: 0n };

/** Makes the state in which all of the workloads can run. */
export function createBlockGround(workloads: readonly ParallelWorkload[]): BlockGround {
  const world = createWorldState({ database: createMemoryDatabase(), historyBlocks: 1 });
  writeGenesis(world, workloads);
  const executor = createHostExecutor({
    environments: environments.map(({ create }) => create()),
    formats: formats.map(({ create }) => create()),
  });
  const { reader } = world;
  const begin = (): Journal => {
    const journal = createJournal(reader);
    executor.runHooks("beginBlock", journal, parallelBlock, execution);
    return journal;
  };
  const blockOf = (transactions: readonly Transaction[]): PooledBlock => ({
    context: parallelBlock,
    blobGasLimit: 0n,
    transactions,
    ground: begin().takeDiff().diff,
    blockHashes: parentHash,
    base: { reader, get: flatGetOf(reader) },
  });
  return {
    world,
    begin,
    execute: (transaction, journal) => executor.executeTransaction(transaction, journal, parallelBlock, room, execution),
    runSerially(transactions, watch) {
      const journal = begin();
      const { executed, invalid } = executor.executeBlock({
        transactions: watch === undefined ? transactions : inTurn(transactions, watch),
        journal,
        block: parallelBlock,
        blobGasLimit: 0n,
        onInvalid: "skip",
        ...execution,
      });
      if (invalid[0] !== undefined) throw new Error(`expected valid transactions, got: ${invalid[0].error.message}`);
      const changes = journal.takeDiff();
      return { outcomes: executed.map(({ outcome }) => outcome), changes, aborts: 0, isOnThreads: false, record: watch?.record() };
    },
    async runOn(pool, transactions, after) {
      const run = await pool.run({ ...blockOf(transactions), ...(after === undefined ? {} : { after }) });
      if (run.kind === "givenUp") throw new Error(`expected the pool to run the block, it gave it up: ${run.reason}`);
      return { ...run, isOnThreads: true };
    },
    async createPool(workers, transaction) {
      const pool = startPool(world, workers, executor);
      for (let attempt = 0; attempt < mostStarts; attempt++) {
        const run = await pool.run(blockOf([transaction]));
        if (run.kind === "ran") return pool;
        if (run.cause !== "start") throw new Error(run.reason);
      }
      throw new Error(`expected ${workers} threads to start`);
    },
  };
}

function* inTurn(transactions: readonly Transaction[], watch: SerialWatch): Iterable<Transaction> {
  for (const transaction of transactions) {
    watch.next();
    yield transaction;
  }
  watch.next();
}

function startPool(world: WorldState, workers: number, executor: HostExecutor): BlockPool {
  const setup = {
    environments: environments.map(({ source }) => source as NonNullable<typeof source>),
    formats: formats.map(({ source }) => source as NonNullable<typeof source>),
    reentryLimit: defaultReentryLimit,
    memoryBudget: defaultMemoryBudget,
    chainId: parallelBlock.chainId,
    state: world.share(),
  };
  return createBlockPool(setup, { formatNames: formats.map(({ id }) => id), workers, executor });
}

function writeGenesis(world: WorldState, workloads: readonly ParallelWorkload[]): void {
  const executor = createHostExecutor({
    environments: [evm().create(), wasm().create(), createSvm({ programs: splPrograms() })],
    formats: formats.map(({ create }) => create()),
  });
  const journal = createJournal(world.reader);
  executor.runHooks("writeGenesis", journal, { ...parallelBlock, number: 0n }, execution);
  const programs = new Set(workloads.flatMap((workload) => workload.writeGenesis(journal)));
  for (const transaction of activations([...programs], journal)) {
    const outcome = executor.executeTransaction(transaction, journal, parallelBlock, room, execution);
    if (outcome.kind !== "executed" || !outcome.succeeded) throw new Error("a program could not be activated");
  }
  const { diff, undo } = journal.takeDiff();
  world.apply(0n, diff, undo);
}

/** Paid for by a wallet that no workload has. */
function activations(programs: readonly Address[], journal: Journal): readonly Transaction[] {
  const activator = walletAt(-1);
  journal.setBalance(activator, startBalance);
  return ethereumTransactions(
    programs.map((program) => ({
      from: activator,
      to: arbWasmAddress,
      value: 10n ** 18n,
      data: calldataOf("activateProgram(address)", wordOf(program)),
      gasLimit: 15_000_000n,
    })),
  );
}

/** @throws Error unless both runs of a block came to the same: every outcome, every change. */
export function assertSame(parallel: BlockResult, serial: BlockResult): void {
  if (parallel.outcomes.length !== serial.outcomes.length) throw new Error("the parallel run has another number of outcomes");
  for (const [index, outcome] of serial.outcomes.entries()) {
    if (!equalBytes(encodeOutcome(outcome), encodeOutcome(parallel.outcomes[index] as TransactionOutcome)))
      throw new Error(`the outcome of transaction ${index} differs from the serial run's`);
  }
  for (const part of ["diff", "undo"] as const) {
    const [left, right] = [parallel.changes[part].entries, serial.changes[part].entries];
    const isSame =
      left.length === right.length &&
      left.every(({ key, value }, index) => {
        const other = right[index] as (typeof right)[number];
        return equalBytes(key, other.key) && isSameValue(value, other.value);
      });
    if (!isSame) throw new Error(`the ${part} of the parallel run differs from the serial run's`);
  }
}

/** Whether two values of a key are the same, undefined being no value. */
export function isSameValue(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === undefined || right === undefined ? left === right : equalBytes(left, right);
}
