/** The transactions of a block in its memory: bytes, who sent them, and in whose wake they run. */
import { concatBytes, equalBytes, type Address, type Transaction } from "@trireme/core";
import type { BlockMemory } from "../memory/block-memory.ts";
import { beforeBlock, field } from "../memory/layout.ts";
import type { StateDiff } from "@trireme/state";

const senderBytes = 20;
const formatBytes = 1;

/** A transaction as a thread finds it. */
export interface BlockInput {
  /** Place of its format among the chain's. */
  readonly format: number;
  readonly sender: Address;
  readonly raw: Uint8Array;
}

/** @throws MemorySpent */
export function writeInputs(
  memory: BlockMemory,
  transactions: readonly Transaction[],
  formatOf: (transaction: Transaction) => number,
): void {
  const after = predecessors(transactions);
  for (const [index, transaction] of transactions.entries()) {
    const at = memory.at(index);
    const bytes = concatBytes(Uint8Array.of(formatOf(transaction)), transaction.sender, transaction.raw);
    memory.words[at + field.inputLength] = bytes.length;
    memory.words[at + field.input] = memory.keepBytes(bytes);
    memory.words[at + field.after] = after[index] as number;
  }
}

export function readInput(memory: BlockMemory, index: number): BlockInput {
  const at = memory.at(index);
  const bytes = memory.bytesAt(memory.words[at + field.input] as number, memory.words[at + field.inputLength] as number);
  return {
    format: bytes[0] as number,
    sender: bytes.slice(formatBytes, formatBytes + senderBytes) as Address,
    raw: bytes.slice(formatBytes + senderBytes),
  };
}

/** Makes a diff what every transaction of the block sees below it. @throws MemorySpent */
export function writeGround(memory: BlockMemory, { entries }: StateDiff): void {
  for (const { key, value } of entries) memory.setValue(memory.findVersion(memory.findKey(key), beforeBlock), memory.makeValue(value));
}

/**
 * For each transaction the one that it is expected to depend on: the last one below it with the same sender, or with an account
 * that both name and one of them writes. A wrong guess costs time and nothing else.
 */
export function predecessors(transactions: readonly Transaction[]): readonly number[] {
  const lastWriter = new Map<string, number>();
  const lastUser = new Map<string, number>();
  return transactions.map(({ sender, declared = [] }, index) => {
    let after = -1;
    const use = (address: Address, isWritten: boolean): void => {
      const name = nameOf(address);
      after = Math.max(after, lastWriter.get(name) ?? -1, isWritten ? (lastUser.get(name) ?? -1) : -1);
      lastUser.set(name, index);
      if (isWritten) lastWriter.set(name, index);
    };
    use(sender, true);
    for (const { address, isWritable } of declared) if (!equalBytes(address, sender)) use(address, isWritable);
    return after;
  });
}

function nameOf(address: Address): string {
  return Buffer.from(address.buffer, address.byteOffset, address.byteLength).toString("latin1");
}
