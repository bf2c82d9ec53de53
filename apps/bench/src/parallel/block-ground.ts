/** The state that all blocks of the benchmark stand on, and the two ways to run a block on it. */
import { addressFromHex, equalBytes, type BlockContext, type Hash, type Transaction, type TransactionOutcome } from "@trireme/core";
import { createHostExecutor, defaultMemoryBudget, defaultReentryLimit, type HostExecutor } from "@trireme/host";
import { createBlockPool, encodeOutcome, type BlockPool, type PooledRun } from "@trireme/scheduler";
import { createJournal, createMemoryDatabase, createWorldState, type DiffAndUndo, type Journal, type WorldState } from "@trireme/state";
import { createSvm } from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";
import { ethereum, evm, solana, svm, wasm } from "./environments.ts";
import { flatGetOf } from "./flat-get.ts";

/** What a block came to, either way. */
export interface BlockResult {
  readonly outcomes: readonly TransactionOutcome[];
  readonly changes: DiffAndUndo;
  readonly aborts: number;
}

/** Runs blocks on a state that stays as it is. */
export interface BlockGround {
  readonly world: WorldState;
  readonly executor: HostExecutor;
  runSerially(transactions: readonly Transaction[]): BlockResult;
  /** @throws Error (rejects) when the pool gives the block up */
  runOn(pool: BlockPool, transactions: readonly Transaction[]): Promise<BlockResult>;
  createPool(workers: number): BlockPool;
}

/** What stands in the state before: called once, with the journal of genesis. */
export type WriteGenesis = (journal: Journal) => void;

/** The hash that all blocks before have; Solana's transactions name it. */
export const parentHash = new Uint8Array(32).fill(0x42) as Hash;

/** The block that everything runs in. */
export const parallelBlock: BlockContext = {
  chainId: 31_337n,
  hardfork: "prague",
  number: 1n,
  timestamp: 1n,
  coinbase: addressFromHex(`0x${"c0".repeat(20)}`),
  gasLimit: 10n ** 13n,
  baseFeePerGas: 7n,
  blobBaseFee: 1n,
  prevRandao: new Uint8Array(32),
  difficulty: 0n,
};

const execution = { getBlockHash: () => parentHash };
const formats = [ethereum(), solana()];
const environments = [evm(), wasm(), svm()];

/** Makes the state. */
export function createBlockGround(genesis: readonly WriteGenesis[]): BlockGround {
  const world = createWorldState({ database: createMemoryDatabase(), historyBlocks: 1 });
  writeWorld(world, genesis);
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
  return {
    world,
    executor,
    runSerially(transactions) {
      const journal = begin();
      const { executed, invalid } = executor.executeBlock({
        transactions,
        journal,
        block: parallelBlock,
        blobGasLimit: 0n,
        onInvalid: "skip",
        ...execution,
      });
      if (invalid[0] !== undefined) throw new Error(`expected valid transactions, got: ${invalid[0].error.message}`);
      const changes = journal.takeDiff();
      return { outcomes: executed.map(({ outcome }) => outcome), changes, aborts: 0 };
    },
    async runOn(pool, transactions) {
      const run = await pool.run({
        context: parallelBlock,
        blobGasLimit: 0n,
        transactions,
        ground: begin().takeDiff().diff,
        blockHashes: parentHash,
        base: { reader, get: flatGetOf(reader) },
      });
      if (run.kind === "givenUp") throw new Error(`expected the pool to run the block, it gave it up: ${run.reason}`);
      return run satisfies PooledRun;
    },
    createPool: (workers) =>
      createBlockPool(
        {
          environments: environments.map(({ source }) => source as NonNullable<typeof source>),
          formats: formats.map(({ source }) => source as NonNullable<typeof source>),
          reentryLimit: defaultReentryLimit,
          memoryBudget: defaultMemoryBudget,
          chainId: parallelBlock.chainId,
          state: world.share(),
        },
        formats.map(({ id }) => id),
        workers,
      ),
  };
}

function writeWorld(world: WorldState, genesis: readonly WriteGenesis[]): void {
  const journal = createJournal(world.reader);
  const executor = createHostExecutor({
    environments: [createSvm({ programs: splPrograms() })],
    formats: formats.map(({ create }) => create()),
  });
  executor.runHooks("writeGenesis", journal, { ...parallelBlock, number: 0n }, execution);
  for (const write of genesis) write(journal);
  const { diff, undo } = journal.takeDiff();
  world.apply(0n, diff, undo);
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

function isSameValue(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === undefined || right === undefined ? left === right : equalBytes(left, right);
}
