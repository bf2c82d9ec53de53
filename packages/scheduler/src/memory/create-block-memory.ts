/** Makes the memory of a block. */
import { hashFactorCount, randomHashFactors } from "@trireme/state";
import type { BlockMemoryHandle } from "./block-progress.ts";
import { blockState, factorsStart, field, header, layoutMagic, transactionsStart, transactionWords } from "./layout.ts";

/** What a memory must hold. */
export interface BlockMemorySize {
  readonly transactions: number;
  /** Bytes for keys, versions, values, inputs and outcomes. */
  readonly bytes: number;
}

/**
 * Makes the memory of a block in which nothing has run; in `last`, the memory of a block that nobody works on any more, where
 * that is large enough: pages that the process has touched before cost nothing.
 */
export function createBlockMemory({ transactions, bytes }: BlockMemorySize, last?: BlockMemoryHandle): BlockMemoryHandle {
  let indexBits = 10;
  while (1 << indexBits < bytes / 256) indexBits++;
  const indexStart = transactionsStart + transactions * transactionWords;
  const arenaStart = Math.ceil((indexStart + (1 << indexBits)) / 2) * 2;
  const length = arenaStart * 4 + Math.ceil(bytes / 8) * 8;
  const isReused = last !== undefined && last.buffer.byteLength >= length;
  const buffer = isReused ? last.buffer : new SharedArrayBuffer(length);
  const words = new Int32Array(buffer);
  if (isReused) words.fill(0, 0, arenaStart);
  words[header.magic] = layoutMagic;
  words[header.transactions] = transactions;
  words[header.inputs] = transactions;
  if (transactions === 0) words[header.state] = blockState.done;
  words[header.indexBits] = indexBits;
  words[header.indexStart] = indexStart;
  words[header.arenaNext] = arenaStart / 2;
  words[header.arenaEnd] = buffer.byteLength >>> 3;
  words.set(randomHashFactors().subarray(0, hashFactorCount), factorsStart);
  for (let index = 0; index < transactions; index++) words[transactionsStart + index * transactionWords + field.after] = -1;
  return { buffer };
}
