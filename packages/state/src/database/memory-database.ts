/** The database that ends with the process: for tests and for chains that need no data directory. */
import type { BlockRecord, Database, TransactionLocation } from "../database.ts";
import type { StateDiff } from "../state-diff.ts";
import { assertCanRewind, assertFollows, closedError } from "./block-order.ts";
import { createByteMap } from "./byte-map.ts";

/** An empty database in memory: what is appended counts as durable at once. It keeps the arrays it is given. */
export function createMemoryDatabase(): Database {
  const state = createByteMap<Uint8Array>();
  const numbers = createByteMap<bigint>();
  const transactions = createByteMap<TransactionLocation>();
  const blocks: BlockRecord[] = [];
  let closed = false;

  const assertOpen = (): void => {
    if (closed) throw closedError();
  };
  const apply = (diff: StateDiff): void => {
    for (const { key, value } of diff.entries) {
      if (value === undefined) state.delete(key);
      else state.set(key, value);
    }
  };
  const getBlock = (number: bigint): BlockRecord | undefined => {
    const first = blocks[0];
    return first === undefined || number < first.number ? undefined : blocks[Number(number - first.number)];
  };

  return {
    get head() {
      return blocks.at(-1)?.number;
    },
    get durableHead() {
      return blocks.at(-1)?.number;
    },
    get(key) {
      assertOpen();
      return state.get(key);
    },
    entries(prefix) {
      assertOpen();
      return state.entries(prefix);
    },
    async append(record) {
      assertOpen();
      assertFollows(record, blocks.at(-1));
      blocks.push(record);
      numbers.set(record.hash, record.number);
      for (const [index, hash] of record.transactionHashes.entries()) transactions.set(hash, { blockNumber: record.number, index });
      for (const { key, index } of record.aliases ?? []) transactions.set(key, { blockNumber: record.number, index });
      apply(record.diff);
    },
    getBlock(number) {
      assertOpen();
      return getBlock(number);
    },
    getBlockNumber(hash) {
      assertOpen();
      return numbers.get(hash);
    },
    getTransactionLocation(hash) {
      assertOpen();
      return transactions.get(hash);
    },
    async rewind(number) {
      assertOpen();
      assertCanRewind(number, blocks[0]?.number, blocks.at(-1)?.number);
      for (let last = blocks.at(-1); last !== undefined && last.number > number; last = blocks.at(-1)) {
        apply(last.undo);
        numbers.delete(last.hash);
        for (const hash of last.transactionHashes) transactions.delete(hash);
        for (const { key } of last.aliases ?? []) transactions.delete(key);
        blocks.pop();
      }
    },
    async close() {
      closed = true;
    },
  };
}
