/**
 * Receipts as the database keeps them: what cannot be worked out again from the block. An own RLP list, not
 * Ethereum's encoding: that one (in the receipts root) lacks prices and program logs and repeats the bloom.
 */
import {
  addressFromBytes,
  isTaggedPubkey,
  pubkeyFromBytes,
  toAddress,
  toPubkey,
  type Address,
  type InvolvedAccount,
  type Log,
} from "@trireme/core";
import { decodeRlp, encodeRlp, integerToRlp, readBytes, readInteger, readList, type RlpItem } from "@trireme/ethereum";

/** What is stored of one receipt. */
export interface StoredReceipt {
  readonly succeeded: boolean;
  readonly gasUsed: bigint;
  readonly effectiveGasPrice: bigint;
  readonly blobGasUsed: bigint;
  readonly created: Address | undefined;
  readonly logs: readonly Log[];
  readonly programLogs: readonly string[];
  /** The dialect's own part. */
  readonly extra?: Uint8Array;
  readonly involved?: readonly InvolvedAccount[];
}

/** @see decodeStoredReceipt */
export function encodeStoredReceipt(receipt: StoredReceipt): Uint8Array {
  return encodeRlp([
    integerToRlp(receipt.succeeded ? 1n : 0n),
    integerToRlp(receipt.gasUsed),
    integerToRlp(receipt.effectiveGasPrice),
    integerToRlp(receipt.blobGasUsed),
    receipt.created ?? new Uint8Array(0),
    receipt.logs.map((log) => [log.address, log.topics, log.data]),
    receipt.programLogs.map((line) => new TextEncoder().encode(line)),
    ...(receipt.extra === undefined ? [] : [receipt.extra]),
    ...(receipt.involved === undefined ? [] : [receipt.involved.map(encodeInvolved)]),
  ]);
}

/** Reads what `encodeStoredReceipt` gave. @throws TriremeError `INVALID_ENCODING` */
export function decodeStoredReceipt(bytes: Uint8Array): StoredReceipt {
  const all = readList(decodeRlp(bytes), "a stored receipt");
  const fields = readList(all.slice(0, 7), "a stored receipt", 7);
  const [first, second] = all.slice(7);
  const extra = first instanceof Uint8Array ? first : undefined;
  const involved = extra === undefined ? first : second;
  const created = readBytes(fields[4], "created");
  return {
    succeeded: readInteger(fields[0], 1, "succeeded") === 1n,
    gasUsed: readInteger(fields[1], 8, "gasUsed"),
    effectiveGasPrice: readInteger(fields[2], 32, "effectiveGasPrice"),
    blobGasUsed: readInteger(fields[3], 8, "blobGasUsed"),
    created: created.length === 0 ? undefined : addressFromBytes(created.slice()),
    logs: readList(fields[5], "logs").map(readLog),
    programLogs: readList(fields[6], "programLogs").map((line) => new TextDecoder().decode(readBytes(line, "a line"))),
    ...(extra === undefined ? {} : { extra: extra.slice() }),
    ...(involved === undefined ? {} : { involved: readList(involved, "involved").map(readInvolved) }),
  };
}

/** A tagged pubkey stands as its address; of a program that only ran, one balance stands. */
function encodeInvolved({ pubkey, isWritten, before, after }: InvolvedAccount): RlpItem {
  const name = isTaggedPubkey(pubkey) ? toAddress(pubkey) : pubkey;
  return isWritten ? [name, integerToRlp(before), integerToRlp(after)] : [name, integerToRlp(before)];
}

function readInvolved(item: RlpItem): InvolvedAccount {
  const [name, start, end] = readList(item, "an involved account");
  const bytes = readBytes(name, "a name").slice();
  const before = readInteger(start, 32, "a balance");
  return {
    pubkey: bytes.length === 20 ? toPubkey(addressFromBytes(bytes)) : pubkeyFromBytes(bytes),
    isWritten: end !== undefined,
    before,
    after: end === undefined ? before : readInteger(end, 32, "a balance"),
  };
}

function readLog(item: RlpItem): Log {
  const fields = readList(item, "a log", 3);
  return {
    address: addressFromBytes(readBytes(fields[0], "a log's address", 20).slice()),
    topics: readList(fields[1], "topics").map((topic) => readBytes(topic, "a topic", 32).slice()),
    data: readBytes(fields[2], "a log's data").slice(),
  };
}
