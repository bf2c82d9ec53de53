/** The blocks of a database in their order, read ahead of whoever executes them where there are threads for that. */
import type { Transaction } from "@trireme/core";
import type { PreparePool } from "@trireme/scheduler";
import type { BlockRecord, Database } from "@trireme/state";
import type { DecodeTransaction } from "../block/block-record.ts";

/** Blocks are read ahead in lots: so many transactions, about, and so many blocks at most. Two lots are in memory. */
const lotTransactions = 1024;
const lotBlocks = 64;

/** A block as it stands in the database. */
export interface ReadBlock {
  /** Undefined: the database has no such block. */
  readonly record: BlockRecord | undefined;
  /** Undefined for bytes of no dialect of the chain. */
  readonly transactions: readonly (Transaction | undefined)[];
}

/** @see createBlockReader */
export interface BlockReader {
  /** The next block; not to be called beyond the head. @throws (rejects) what the database and a format throw */
  next(): Promise<ReadBlock>;
  close(): Promise<void>;
}

/** What a reader works with. */
export interface BlockReaderParts {
  readonly database: Pick<Database, "getBlock">;
  readonly first: bigint;
  readonly last: bigint;
  readonly decode: DecodeTransaction;
  /** The reader's own from then on; without one each block is read when it is asked for. */
  readonly pool: PreparePool | undefined;
}

/** What is known of a block ahead of its turn; `transactions` are left out where they are to be read in it. */
interface Ahead {
  readonly load: () => BlockRecord | undefined;
  readonly transactions?: readonly (Transaction | undefined)[];
}

/** Makes a reader that begins with block `first`. */
export function createBlockReader({ database, first, last, decode, pool }: BlockReaderParts): BlockReader {
  let nextNumber = first;
  let lot: Ahead[] = [];
  let following: Promise<Ahead[]> | undefined;

  /** What the database throws is kept for the block's turn: blocks before it may differ, which is to be told first. */
  const load = (number: bigint): Ahead["load"] => {
    try {
      const record = database.getBlock(number);
      return () => record;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  };

  const readLot = async (threads: PreparePool): Promise<Ahead[]> => {
    const loads: Ahead["load"][] = [];
    const raws: Uint8Array[] = [];
    const counts: number[] = [];
    while (nextNumber <= last && loads.length < lotBlocks && raws.length < lotTransactions) {
      const loadNext = load(nextNumber++);
      loads.push(loadNext);
      const transactions = recordOf(loadNext)?.transactions ?? [];
      counts.push(transactions.length);
      for (const raw of transactions) raws.push(raw);
    }
    try {
      const decoded = await threads.prepare(raws);
      let end = 0;
      return loads.map((loadNext, index) => ({
        load: loadNext,
        transactions: decoded
          .slice(end, (end += counts[index] as number))
          .map((read) => (read.kind === "decoded" ? read.transaction : undefined)),
      }));
    } catch {
      // A fault of a format: it is thrown again in the turn of its block.
      return loads.map((loadNext) => ({ load: loadNext }));
    }
  };

  const takeAhead = async (threads: PreparePool): Promise<Ahead> => {
    if (lot.length === 0) {
      lot = await (following ?? readLot(threads));
      following = nextNumber <= last ? readLot(threads) : undefined;
    }
    return lot.shift() as Ahead;
  };

  return {
    async next() {
      const { load: loadNow, transactions }: Ahead = pool === undefined ? { load: load(nextNumber++) } : await takeAhead(pool);
      const record = loadNow();
      return { record, transactions: transactions ?? record?.transactions.map(decode) ?? [] };
    },
    close: async () => pool?.close(),
  };
}

function recordOf(load: Ahead["load"]): BlockRecord | undefined {
  try {
    return load();
  } catch {
    return undefined;
  }
}
