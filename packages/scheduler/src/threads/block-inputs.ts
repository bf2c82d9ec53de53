/** The transactions of a block in its memory: bytes, who sent them, and in whose wake they run. */
import { TriremeError, type Address, type BlockContext, type Hash, type Transaction, type TransactionFormat } from "@trireme/core";
import type { BlockMemory } from "../memory/block-memory.ts";
import { beforeBlock, field } from "../memory/layout.ts";
import type { StateDiff } from "@trireme/state";

/** Before the bytes of a transaction: format, sender, hash. */
const senderAt = 1;
const hashAt = senderAt + 20;
const rawAt = hashAt + 32;

/** A transaction as a thread finds it. */
export interface BlockInput {
  /** Place of its format among the chain's. */
  readonly format: number;
  readonly sender: Address;
  readonly hash: Hash;
  readonly raw: Uint8Array;
}

/** Transactions between two that are told to be there. */
const between = 32;

/** `after` has for each transaction the one that it had better run after. Whoever is at the block takes the first ones while the last are written. @throws MemorySpent */
export function writeInputs(
  memory: BlockMemory,
  transactions: readonly Transaction[],
  formatOf: (transaction: Transaction) => number,
  { gasLimit, baseFeePerGas }: Pick<BlockContext, "gasLimit" | "baseFeePerGas">,
  after: Int32Array,
): void {
  const { bytes, words } = memory;
  for (const [index, transaction] of transactions.entries()) {
    const { raw, sender, hash } = transaction;
    const at = memory.at(index);
    const length = rawAt + raw.length;
    const reference = memory.allocate(length);
    bytes[reference * 8] = formatOf(transaction);
    bytes.set(sender, reference * 8 + senderAt);
    bytes.set(hash, reference * 8 + hashAt);
    bytes.set(raw, reference * 8 + rawAt);
    words[at + field.inputLength] = length;
    words[at + field.input] = reference;
    words[at + field.after] = after[index] as number;
    // Who pays less than the base fee has room up to the target of the block only (rule 14).
    const isCheap = transaction.isExemptFromBaseFee === true && transaction.maxFeePerGas < baseFeePerGas;
    memory.setNeeds(index, { gasLimit: transaction.gasLimit, blobGas: transaction.blobGas, ceiling: isCheap ? gasLimit / 2n : gasLimit });
    if ((index + 1) % between === 0) memory.inputs = index + 1;
  }
  memory.inputs = transactions.length;
}

export function readInput(memory: BlockMemory, index: number): BlockInput {
  const { bytes, words } = memory;
  const at = memory.at(index);
  const start = (words[at + field.input] as number) * 8;
  const input = bytes.slice(start, start + (words[at + field.inputLength] as number));
  return {
    format: input[0] as number,
    sender: input.subarray(senderAt, hashAt) as Address,
    hash: input.subarray(hashAt, rawAt) as Hash,
    raw: input.subarray(rawAt),
  };
}

/** The transaction; `formats` in the order of the chain's. @throws TriremeError `HOST_FAULT` where it is none of theirs */
export function decodeInput(
  { format: place, sender, hash, raw }: BlockInput,
  formats: readonly TransactionFormat[],
  chainId: bigint,
): Transaction {
  const format = formats[place];
  if (format === undefined) throw new TriremeError("HOST_FAULT", `expected one of ${formats.length} formats, got number ${place}`);
  if (format.decodeKnown !== undefined) return format.decodeKnown(raw, { chainId }, sender, hash);
  const read = format.decode(raw, { chainId });
  if (read.kind === "decoded") return read.transaction;
  throw new TriremeError("HOST_FAULT", `expected a transaction that was decoded before, got ${read.error.message}`);
}

/** Makes a diff what every transaction of the block sees below it. @throws MemorySpent */
export function writeGround(memory: BlockMemory, { entries }: StateDiff): void {
  for (const { key, value } of entries) memory.setValue(memory.findVersion(memory.findKey(key), beforeBlock), memory.makeValue(value));
}
