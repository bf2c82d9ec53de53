/** What both databases demand of the records and numbers they are given. */
import { bytesToHex, equalBytes, TriremeError } from "@trireme/core";
import type { BlockRecord } from "../database.ts";

/** LMDB's limit on a key. */
export const maxKeyLength = 1_978;

/** A block that is the head, or was when something became durable. */
export type HeadBlock = Pick<BlockRecord, "number" | "hash">;

/** @throws TriremeError `INVALID_BLOCK` unless `record` follows `head` (any record may be the first). */
export function assertFollows(record: BlockRecord, head: HeadBlock | undefined): void {
  if (record.transactions.length !== record.transactionHashes.length) {
    throw new TriremeError(
      "INVALID_BLOCK",
      `block ${record.number}: expected one hash for each of its ${record.transactions.length} transactions, got ${record.transactionHashes.length}`,
    );
  }
  for (const { entries } of [record.diff, record.undo]) {
    for (const { key } of entries) {
      if (key.length > 0 && key.length <= maxKeyLength) continue;
      throw new TriremeError(
        "INVALID_BLOCK",
        `block ${record.number}: expected state keys of 1 to ${maxKeyLength} bytes, got one of ${key.length}`,
      );
    }
  }
  if (head === undefined) return;
  if (record.number !== head.number + 1n) {
    throw new TriremeError("INVALID_BLOCK", `expected block ${head.number + 1n} after block ${head.number}, got block ${record.number}`);
  }
  if (!equalBytes(record.parentHash, head.hash)) {
    throw new TriremeError(
      "INVALID_BLOCK",
      `block ${record.number}: expected the parent ${bytesToHex(head.hash)}, got ${bytesToHex(record.parentHash)}`,
    );
  }
}

/** @throws TriremeError `INVALID_ARGUMENT` unless `first <= number <= head`. */
export function assertCanRewind(number: bigint, first: bigint | undefined, head: bigint | undefined): void {
  if (first !== undefined && head !== undefined && number >= first && number <= head) return;
  const range = first === undefined ? "nothing, for the database is empty" : `a block from ${first} to ${head}`;
  throw new TriremeError("INVALID_ARGUMENT", `cannot rewind to block ${number}: expected ${range}`);
}

/** The error of every use after `close`. */
export function closedError(): TriremeError {
  return new TriremeError("INVALID_ARGUMENT", "the database is closed");
}
