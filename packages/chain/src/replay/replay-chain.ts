/** Executes a chain again from genesis and holds every block against what the database says of it. */
import { bytesToHex, type Transaction } from "@trireme/core";
import { decodeHeader, hashHeader, type BlockHeader } from "@trireme/ethereum";
import { createHostExecutor, isStackOverflow } from "@trireme/host";
import { createMemoryDatabase, createWorldState, type BlockRecord, type Database } from "@trireme/state";
import { assembleHeader } from "../block/assemble-block.ts";
import { contextOf } from "../block/block-seed.ts";
import { blockDecoder, blockFormats } from "../definition/block-formats.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import { genesisRecord } from "../definition/genesis.ts";
import { decodeExtra } from "../dev/mutation.ts";
import type { BlockPlan, ExecutedBlock } from "../execution/block-plan.ts";
import { executeBlock } from "../execution/execute-block.ts";
import { recentHashes } from "../execution/execution-service.ts";
import { createLargeStackThread } from "../execution/large-stack-thread.ts";
import { noChanges } from "../ledger/ledger.ts";
import { preparePoolOf } from "../mempool/prepare-pool-of.ts";
import { createBlockReader } from "./block-reader.ts";

/** The first thing that came out differently. */
export interface ReplayDifference {
  readonly blockNumber: bigint;
  readonly field: "genesis" | "transactions" | "stateRoot" | "receiptsRoot" | "gasUsed" | "logsBloom" | "hash";
  /** What the database says, and what execution gave. */
  readonly expected: string;
  readonly got: string;
}

/** What a replay found. */
export interface ReplayReport {
  /** Blocks that were compared, genesis included. */
  readonly blocks: number;
  readonly difference: ReplayDifference | undefined;
}

/** How to replay. */
export interface ReplayOptions {
  /** Told of every block that came out the same. */
  readonly onBlock?: (number: bigint) => void;
}

/** Blocks between two turns of the event loop, so that signals and progress get through. */
const blocksPerTurn = 32;

/**
 * Replays `database` on a fresh state in memory; the database is only read.
 * @throws TriremeError `HOST_FAULT` | `STACK_OVERFLOW` | `DATABASE_CORRUPT`
 */
export async function replayChain(definition: ChainDefinition, database: Database, options: ReplayOptions = {}): Promise<ReplayReport> {
  const genesis = genesisRecord(definition);
  const { head } = database;
  const stored = head === undefined ? undefined : database.getBlock(0n);
  const expected = stored === undefined ? "none" : bytesToHex(stored.hash);
  if (head === undefined || expected !== bytesToHex(genesis.hash)) {
    return { blocks: 0, difference: { blockNumber: 0n, field: "genesis", expected, got: bytesToHex(genesis.hash) } };
  }
  const execute = createReplayer(definition, database, genesis, head);
  try {
    options.onBlock?.(0n);
    for (let number = 1n; number <= head; number++) {
      const difference = await execute.next(number);
      if (difference !== undefined) return { blocks: Number(number) + 1, difference };
      options.onBlock?.(number);
      if (number % BigInt(blocksPerTurn) === 0n) await new Promise((resume) => setImmediate(resume));
    }
    return { blocks: Number(head) + 1, difference: undefined };
  } finally {
    await execute.close();
  }
}

interface Replayer {
  /** Blocks are asked for in their order, from 1. */
  next(number: bigint): Promise<ReplayDifference | undefined>;
  close(): Promise<void>;
}

function createReplayer(definition: ChainDefinition, database: Database, genesis: BlockRecord, head: bigint): Replayer {
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
  const getBlockHash = (number: bigint) => database.getBlock(number)?.hash;

  const execute = async (plan: BlockPlan): Promise<ExecutedBlock> => {
    try {
      return executeBlock(plan, { executor, reader: world.reader, getBlockHash });
    } catch (error) {
      if (!isStackOverflow(error) || thread === undefined) throw error;
      return thread.run(
        { kind: "block", plan },
        { tracers: [], overlay: noChanges, blockHashes: recentHashes(plan.context.number, getBlockHash) },
      );
    }
  };

  return {
    next: async (number) => {
      const { record, transactions } = await reader.next();
      if (record === undefined) return { blockNumber: number, field: "hash", expected: "a block", got: "none in the database" };
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
      if (skipped !== undefined)
        return difference(
          number,
          "transactions",
          "valid transactions",
          `${bytesToHex(skipped.transaction.hash)}: ${skipped.error.message}`,
        );
      const made = assembleHeader(header, definition.hardfork, { ...executed, stateRoot: world.preview(executed.diff) });
      const found = compareHeaders(number, header, made) ?? compareHashes(number, record, made);
      if (found === undefined) world.apply(number, executed.diff, executed.undo);
      return found;
    },
    close: async () => {
      await Promise.all([thread?.close(), reader.close()]);
    },
  };
}

function compareHeaders(number: bigint, expected: BlockHeader, got: BlockHeader): ReplayDifference | undefined {
  if (expected.gasUsed !== got.gasUsed) return difference(number, "gasUsed", String(expected.gasUsed), String(got.gasUsed));
  for (const field of ["receiptsRoot", "logsBloom", "stateRoot"] as const) {
    const [wanted, made] = [bytesToHex(expected[field]), bytesToHex(got[field])];
    if (wanted !== made) return difference(number, field, wanted, made);
  }
  return undefined;
}

function compareHashes(number: bigint, record: BlockRecord, made: BlockHeader): ReplayDifference | undefined {
  const [expected, got] = [bytesToHex(record.hash), bytesToHex(hashHeader(made))];
  return expected === got ? undefined : difference(number, "hash", expected, got);
}

function difference(blockNumber: bigint, field: ReplayDifference["field"], expected: string, got: string): ReplayDifference {
  return { blockNumber, field, expected, got };
}
