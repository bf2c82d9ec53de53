/** Executes a chain again from genesis and holds every block against what the database says of it. */
import { bytesToHex } from "@trireme/core";
import type { Database } from "@trireme/state";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import { genesisRecord } from "../definition/genesis.ts";
import type { ReplayDifference } from "./compare-block.ts";
import { createReplayer } from "./replayer.ts";

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
  const replayer = createReplayer(definition, database, genesis, head, options.onBlock);
  try {
    options.onBlock?.(0n);
    for (let number = 1n; number <= head; number++) {
      const difference = await replayer.next(number);
      if (difference !== undefined) return { blocks: Number(difference.blockNumber) + 1, difference };
      if (number % BigInt(blocksPerTurn) === 0n) await new Promise((resume) => setImmediate(resume));
    }
    const difference = replayer.settle();
    return { blocks: Number(head) + 1, difference };
  } finally {
    await replayer.close();
  }
}
