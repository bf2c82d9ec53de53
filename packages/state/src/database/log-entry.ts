/** What a record of the block log says: a block, or that everything above a block is dropped. */
import { TriremeError, type Hash } from "@trireme/core";
import type { BlockRecord, TransactionAlias } from "../database.ts";
import type { StateDiff, StateDiffEntry } from "../state-diff.ts";
import { createByteReader, createByteWriter, type ByteReader, type ByteWriter } from "./byte-codec.ts";

/** One record of the log. */
export type LogEntry = { readonly kind: "block"; readonly block: BlockRecord } | { readonly kind: "rewind"; readonly number: bigint };

const BLOCK = 1;
const REWIND = 2;
const HASH_LENGTH = 32;
/** A diff entry without a value has no value length either. */
const REMOVED = 0;
const WRITTEN = 1;

/** Bytes of `entry`, after `room` bytes that the caller fills. */
export function encodeLogEntry(entry: LogEntry, room: number): Uint8Array {
  if (entry.kind === "rewind") {
    const bytes = new Uint8Array(room + 9);
    const writer = createByteWriter(bytes, room);
    writer.u8(REWIND);
    writer.u64(entry.number);
    return bytes;
  }
  const { block } = entry;
  const bytes = new Uint8Array(room + blockLength(block));
  const writer = createByteWriter(bytes, room);
  writer.u8(BLOCK);
  writer.u64(block.number);
  for (const hash of [block.hash, block.parentHash, block.stateRoot]) writer.raw(hash);
  writer.sized(block.header);
  writer.u32(block.transactions.length);
  for (const [index, transaction] of block.transactions.entries()) {
    writer.raw(block.transactionHashes[index] as Hash);
    writer.sized(transaction);
  }
  writer.u32(block.aliases?.length ?? 0);
  for (const { key, index } of block.aliases ?? []) {
    writer.raw(key);
    writer.u32(index);
  }
  writer.u32(block.receipts.length);
  for (const receipt of block.receipts) writer.sized(receipt);
  writeDiff(writer, block.diff);
  writeDiff(writer, block.undo);
  writer.sized(block.extra);
  return bytes;
}

/** The entry that `bytes` are. @throws TriremeError `INVALID_ENCODING` */
export function decodeLogEntry(bytes: Uint8Array): LogEntry {
  const reader = createByteReader(bytes);
  const kind = reader.u8();
  if (kind === REWIND) {
    const number = reader.u64();
    reader.end();
    return { kind: "rewind", number };
  }
  if (kind !== BLOCK) throw new TriremeError("INVALID_ENCODING", `expected a record of kind ${BLOCK} or ${REWIND}, got ${kind}`);
  const number = reader.u64();
  const hash = reader.raw(HASH_LENGTH) as Hash;
  const parentHash = reader.raw(HASH_LENGTH) as Hash;
  const stateRoot = reader.raw(HASH_LENGTH) as Hash;
  const header = reader.sized();
  const transactions: Uint8Array[] = [];
  const transactionHashes: Hash[] = [];
  for (let count = reader.u32(); count > 0; count--) {
    transactionHashes.push(reader.raw(HASH_LENGTH) as Hash);
    transactions.push(reader.sized());
  }
  const aliases: TransactionAlias[] = [];
  for (let count = reader.u32(); count > 0; count--) aliases.push({ key: reader.raw(HASH_LENGTH) as Hash, index: reader.u32() });
  const receipts: Uint8Array[] = [];
  for (let count = reader.u32(); count > 0; count--) receipts.push(reader.sized());
  const diff = readDiff(reader);
  const undo = readDiff(reader);
  const extra = reader.sized();
  reader.end();
  const parts = { number, hash, parentHash, stateRoot, header, transactions, transactionHashes, receipts, diff, undo, extra };
  return { kind: "block", block: aliases.length === 0 ? parts : { ...parts, aliases } };
}

function blockLength(block: BlockRecord): number {
  let length = 1 + 8 + 3 * HASH_LENGTH + 4 + block.header.length + 4 + 4 + 4 + 4 + block.extra.length;
  length += (block.aliases?.length ?? 0) * (HASH_LENGTH + 4);
  for (const transaction of block.transactions) length += HASH_LENGTH + 4 + transaction.length;
  for (const receipt of block.receipts) length += 4 + receipt.length;
  return length + diffLength(block.diff) + diffLength(block.undo);
}

function diffLength(diff: StateDiff): number {
  let length = 4;
  for (const { key, value } of diff.entries) length += 4 + key.length + 1 + (value === undefined ? 0 : 4 + value.length);
  return length;
}

function writeDiff(writer: ByteWriter, diff: StateDiff): void {
  writer.u32(diff.entries.length);
  for (const { key, value } of diff.entries) {
    writer.sized(key);
    writer.u8(value === undefined ? REMOVED : WRITTEN);
    if (value !== undefined) writer.sized(value);
  }
}

function readDiff(reader: ByteReader): StateDiff {
  const entries: StateDiffEntry[] = [];
  for (let count = reader.u32(); count > 0; count--) {
    const key = reader.sized();
    entries.push({ key, value: reader.u8() === REMOVED ? undefined : reader.sized() });
  }
  return { entries };
}
