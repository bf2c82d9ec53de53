/** What every workload is made of. */
import type { Address, Transaction } from "@trireme/core";
import type { Journal } from "@trireme/state";

/** One kind of block. */
export interface ParallelWorkload {
  readonly name: string;
  /** Transactions in a block. */
  readonly size: number;
  /** Writes what has to stand in the state, beside what other workloads wrote; gives the WASM programs that are to be activated. */
  readonly writeGenesis: (journal: Journal) => readonly Address[];
  /** Made when it is the workload's turn: the same ones every time. */
  readonly createTransactions: () => readonly Transaction[];
}

/** A name with the size of its blocks. */
export function blockName(name: string, size: number): string {
  return `${name}, block of ${size.toLocaleString("en-US")}`;
}

/** Numbers below `limit`, the same sequence for the same seed (mulberry32). */
export function seededNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
