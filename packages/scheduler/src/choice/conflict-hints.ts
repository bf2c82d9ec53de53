/**
 * Which transactions of a block are expected to depend on one another. A wrong guess costs time and nothing else, so that
 * accounts go by 32-bit hashes.
 */
import type { Address, Transaction } from "@trireme/core";
import { hashWithFactors, randomHashFactors } from "@trireme/state";
import { abortsIn } from "../events/run-times.ts";
import type { RunRecord } from "../events/run-record.ts";

/** @see createConflictHints */
export interface ConflictHints {
  /**
   * For each transaction the one that it had better run after, -1 for none: the last one below it with the same sender, that
   * writes an account which both declare, that names the same slot in its access list, or that calls the same contract where
   * calls of that contract were seen to conflict.
   */
  after(transactions: readonly Transaction[]): Int32Array;
  /** Learns from the aborts of a run that was hinted so. */
  learn(transactions: readonly Transaction[], record: RunRecord): void;
}

/**
 * Share of a contract's calls in a block that had to run again, of those that are likely to have run beside another call of it,
 * from which on they are run one after the other ...
 */
const hotShare = 0.3;
/** ... and how many had to, at least. */
const hotAborts = 4;
/** Blocks for which that is believed: then they are tried side by side again. */
const hotBlocks = 256;
/** Contracts that are known as hot at most. */
const mostHot = 1024;

/** Tells names of different kinds apart. */
const salt = { account: 1, slot: 2 } as const;

/** Makes hints that know of no contract yet. */
export function createConflictHints(): ConflictHints {
  const factors = randomHashFactors();
  /** Until which block a contract is hot, by the hash of its address. */
  const hot = new Map<number, number>();
  let blocks = 0;
  const nameOf = (bytes: Uint8Array, kind: number): number => hashWithFactors(factors, bytes, kind) | 0;
  const targetOf = ({ hints }: Transaction): Address | undefined => hints?.accounts[0];

  return {
    after(transactions) {
      blocks++;
      const lastWriter = new Map<number, number>();
      const after = new Int32Array(transactions.length);
      let index = 0;
      let newest = -1;
      const write = (name: number): void => {
        const last = lastWriter.get(name);
        if (last !== undefined && last !== index && last > newest) newest = last;
        lastWriter.set(name, index);
      };
      const read = (name: number): void => {
        const last = lastWriter.get(name);
        if (last !== undefined && last !== index && last > newest) newest = last;
      };
      for (const transaction of transactions) {
        newest = -1;
        const { sender, hints } = transaction;
        const declared = transaction.declared ?? hints?.declared;
        write(nameOf(sender, salt.account));
        if (declared !== undefined) {
          for (const { address, isWritable } of declared) {
            const name = nameOf(address, salt.account);
            if (isWritable) write(name);
            else read(name);
          }
        }
        if (hints !== undefined) for (const { address, key } of hints.slots) write(nameOf(key, nameOf(address, salt.slot)));
        const target = hot.size === 0 ? undefined : targetOf(transaction);
        if (target !== undefined) {
          const name = nameOf(target, salt.account);
          if ((hot.get(name) ?? -1) >= blocks) write(name);
        }
        after[index++] = newest;
      }
      return after;
    },
    learn(transactions, record) {
      const aborts = new Map<number, number>();
      for (const { transaction, by } of abortsIn(record)) {
        const [here, there] = [transactions[transaction], transactions[by]].map((each) => each && targetOf(each));
        if (here === undefined || there === undefined) continue;
        const name = nameOf(here, salt.account);
        if (name === nameOf(there, salt.account)) aborts.set(name, (aborts.get(name) ?? 0) + 1);
      }
      if (aborts.size === 0) return;
      const calls = new Map<number, number>();
      // Where the block had no hope, those after it ran beside nobody.
      const beside = record.restFrom ?? transactions.length;
      for (let index = 0; index < beside; index++) {
        const target = targetOf(transactions[index] as Transaction);
        if (target === undefined) continue;
        const name = nameOf(target, salt.account);
        if (aborts.has(name)) calls.set(name, (calls.get(name) ?? 0) + 1);
      }
      for (const [name, count] of aborts) {
        const all = calls.get(name) ?? 0;
        const meets = 1 - (1 - all / beside) ** (record.workers - 1);
        if (count < hotAborts || count < hotShare * all * meets) continue;
        if (hot.size >= mostHot) hot.clear();
        hot.set(name, blocks + hotBlocks);
      }
    },
  };
}
