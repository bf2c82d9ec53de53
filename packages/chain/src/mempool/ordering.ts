/** The order in which a block takes transactions: effective tip first, then arrival, nonces of a sender in order. */
import type { Transaction } from "@trireme/core";
import type { MempoolEntry } from "./sender-queue.ts";

/** Wei per gas that the coinbase gets at this base fee; negative when the transaction cannot pay it (EIP-1559). */
export function effectiveTip(transaction: Transaction, baseFeePerGas: bigint): bigint {
  if (transaction.isExemptFromBaseFee === true) return transaction.maxPriorityFeePerGas;
  const room = transaction.maxFeePerGas - baseFeePerGas;
  return room < transaction.maxPriorityFeePerGas ? room : transaction.maxPriorityFeePerGas;
}

/** Gas that a transaction takes from a block at the least: that of a transfer, where its dialect is Ethereum's. */
export function leastGas({ nonce, isExemptFromBaseFee }: Transaction): bigint {
  return nonce === undefined || isExemptFromBaseFee === true ? 0n : 21_000n;
}

/**
 * Merges the senders' lists into block order. A transaction that cannot pay the base fee holds back the later ones of
 * its sender. Each list is in nonce order and without gaps. It ends when what it has takes more than `enoughGas` for sure.
 */
export function orderByTip(
  senders: readonly (readonly MempoolEntry[])[],
  baseFeePerGas: bigint,
  enoughGas?: bigint,
): readonly Transaction[] {
  const heap: Head[] = [];
  for (const list of senders) push(heap, headOf(list, 0, baseFeePerGas));
  const ordered: Transaction[] = [];
  let gas = 0n;
  for (let head = heap[0]; head !== undefined; head = heap[0]) {
    ordered.push(head.entry.transaction);
    gas += leastGas(head.entry.transaction);
    if (enoughGas !== undefined && gas > enoughGas) break;
    replaceFirst(heap, headOf(head.list, head.index + 1, baseFeePerGas));
  }
  return ordered;
}

interface Head {
  readonly list: readonly MempoolEntry[];
  readonly index: number;
  readonly entry: MempoolEntry;
  readonly tip: bigint;
}

function headOf(list: readonly MempoolEntry[], index: number, baseFeePerGas: bigint): Head | undefined {
  const entry = list[index];
  if (entry === undefined) return undefined;
  const tip = effectiveTip(entry.transaction, baseFeePerGas);
  return tip < 0n ? undefined : { list, index, entry, tip };
}

function isBefore(left: Head, right: Head): boolean {
  return left.tip === right.tip ? left.entry.arrival < right.entry.arrival : left.tip > right.tip;
}

function push(heap: Head[], head: Head | undefined): void {
  if (head === undefined) return;
  let index = heap.push(head) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(head, heap[parent] as Head)) break;
    heap[index] = heap[parent] as Head;
    index = parent;
  }
  heap[index] = head;
}

/** Puts `head` in the place of the first, or the last element when the sender has no more. */
function replaceFirst(heap: Head[], head: Head | undefined): void {
  const last = head ?? heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = index * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Head, heap[child] as Head)) child++;
    if (!isBefore(heap[child] as Head, last)) break;
    heap[index] = heap[child] as Head;
    index = child;
  }
  heap[index] = last;
}
