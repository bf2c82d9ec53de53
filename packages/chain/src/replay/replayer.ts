/**
 * Executes the blocks of a database one after the other. A block is held against the database while threads execute the next
 * one, where the chain has threads: a difference is told of the lowest block that has one.
 */
import { bytesToHex, concatBytes, isStackOverflow, zeroHash, type Hash, type Transaction } from "@trireme/core";
import { decodeHeader } from "@trireme/ethereum";
import { createHostExecutor } from "@trireme/host";
import { watchSerialRun, type BlockPool, type Choice } from "@trireme/scheduler";
import { createMemoryDatabase, createWorldState, type BlockRecord, type Database } from "@trireme/state";
import { assembleHeader } from "../block/assemble-block.ts";
import { contextOf } from "../block/block-seed.ts";
import { blockDecoder, blockFormats } from "../definition/block-formats.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import { decodeExtra } from "../dev/mutation.ts";
import type { BlockPlan, ExecutedBlock } from "../execution/block-plan.ts";
import { createPool } from "../execution/create-pool.ts";
import { executeBlock } from "../execution/execute-block.ts";
import { executeInParallel } from "../execution/execute-in-parallel.ts";
import { recentHashes } from "../execution/execution-service.ts";
import { createLargeStackThread } from "../execution/large-stack-thread.ts";
import { noChanges } from "../ledger/ledger.ts";
import { preparePoolOf } from "../mempool/prepare-pool-of.ts";
import { createBlockReader } from "./block-reader.ts";
import { compareBlock, difference, type ReplayDifference } from "./compare-block.ts";

/** @see createReplayer */
export interface Replayer {
  /**
   * Executes a block; they are asked for in their order, from 1. Gives the difference of this block or of one before it.
   * @throws (rejects) what the database and execution throw
   */
  next(number: bigint): Promise<ReplayDifference | undefined>;
  /** Compares the last block that was executed. */
  settle(): ReplayDifference | undefined;
  close(): Promise<void>;
}

/** Makes a replayer of the blocks up to `head` on the state after `genesis`. `onSame` is told of every block that came out the same. */
export function createReplayer(
  definition: ChainDefinition,
  database: Database,
  genesis: BlockRecord,
  head: bigint,
  onSame: ((number: bigint) => void) | undefined,
): Replayer {
  const descriptors = blockFormats(definition);
  const formats = descriptors.map(({ create }) => create());
  const reader = createBlockReader({
    database,
    first: 1n,
    last: head,
    decode: blockDecoder(formats, definition.chainId),
    pool: preparePoolOf(definition, descriptors),
  });
  const executor = createHostExecutor({
    environments: definition.environments.map(({ create }) => create()),
    formats,
    reentryLimit: definition.limits.reentries,
    memoryBudget: definition.limits.transactionMemory,
  });
  const world = createWorldState({ database: createMemoryDatabase(), historyBlocks: 1 });
  world.apply(0n, genesis.diff, genesis.undo);
  const thread = createLargeStackThread(definition, descriptors, world.share());
  const pool = createPool(definition, descriptors, world.share(), executor);
  const getBlockHash = (number: bigint): Hash | undefined => database.getBlock(number)?.hash;
  /** Compares the block that was executed last. */
  let compare: (() => ReplayDifference | undefined) | undefined;
  let found: ReplayDifference | undefined;

  const settle = (): ReplayDifference | undefined => {
    const open = compare;
    compare = undefined;
    return (found ??= open?.());
  };

  const executeOnThreads = async (plan: BlockPlan, threads: BlockPool, choice: Choice): Promise<ExecutedBlock | undefined> => {
    const hashes = recentHashes(plan.context.number - 1n, getBlockHash).map(([, hash]) => hash);
    const openParent = (): Hash => {
      settle();
      return plan.parentHash;
    };
    const ground = { executor, reader: world.reader, getBlockHash, aboveHead: noChanges, blockHashes: concatBytes(zeroHash, ...hashes) };
    const executed = await executeInParallel(plan, { ...ground, openParent }, threads, choice);
    if ("kind" in executed) return undefined;
    if (executed.run !== undefined) choice.learn("parallel", executed.run.record);
    return executed;
  };

  const execute = async (plan: BlockPlan): Promise<ExecutedBlock> => {
    const choice = pool?.choose(plan.transactions);
    const pooled =
      pool === undefined || choice === undefined || choice.cause !== undefined ? undefined : await executeOnThreads(plan, pool, choice);
    if (pooled !== undefined) return pooled;
    try {
      const watch = watchSerialRun(plan.transactions.length);
      const executed = executeBlock(plan, { executor, reader: world.reader, getBlockHash, watch });
      choice?.learn("serial", watch.record());
      return executed;
    } catch (error) {
      if (!isStackOverflow(error) || thread === undefined) throw error;
      return thread.run(
        { kind: "block", plan },
        { tracers: [], overlay: noChanges, blockHashes: recentHashes(plan.context.number, getBlockHash) },
      );
    }
  };

  /** Executes a block and leaves it to be compared. */
  const executeNext = async (number: bigint): Promise<ReplayDifference | undefined> => {
    const { record, transactions } = await reader.next();
    if (record === undefined) return difference(number, "hash", "a block", "none in the database");
    const header = decodeHeader(record.header);
    const unread = transactions.indexOf(undefined);
    if (unread >= 0)
      return difference(number, "transactions", `a transaction at index ${unread} that decodes`, "bytes of no dialect of this chain");
    const executed = await execute({
      context: contextOf(definition, header),
      parentHash: header.parentHash,
      parentBeaconBlockRoot: header.parentBeaconBlockRoot,
      mutations: decodeExtra(record.extra),
      transactions: transactions as Transaction[],
    });
    const [skipped] = executed.skipped;
    if (skipped !== undefined) {
      const got = `${bytesToHex(skipped.transaction.hash)}: ${skipped.error.message}`;
      return difference(number, "transactions", "valid transactions", got);
    }
    if (settle() !== undefined) return undefined;
    world.advance(number, executed.diff, executed.undo);
    compare = () => {
      const wrong = compareBlock(record, header, assembleHeader(header, definition.hardfork, { ...executed, stateRoot: world.root }));
      if (wrong === undefined) onSame?.(number);
      return wrong;
    };
    return undefined;
  };

  return {
    next: async (number) => {
      try {
        const own = await executeNext(number);
        // One of a block before comes first: what this one stands on was wrong.
        return found ?? (own === undefined ? undefined : (settle() ?? own));
      } catch (error) {
        const before = settle();
        if (before !== undefined) return before;
        throw error;
      }
    },
    settle,
    close: async () => {
      await Promise.all([thread?.close(), reader.close(), pool?.close()]);
    },
  };
}
