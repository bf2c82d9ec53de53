/** Kinds of transactions that cost about the same. */
import type { Transaction } from "@trireme/core";
import { hashWithFactors, randomHashFactors } from "@trireme/state";

/** The transactions of a block by kind. */
export interface TransactionClasses {
  /** The same for the same kind, as long as the process lives. */
  readonly names: readonly number[];
  /** Transactions of each. */
  readonly counts: readonly number[];
  /** For each transaction the place of its class. */
  readonly of: Uint16Array;
}

/** A contract is a class of its own where so many transactions of a block call it. */
const callsOfClass = 8;
/** Classes of a block at most; what is left shares one. */
const mostClasses = 256;
/** Gas of which nothing is left for a call: who gets it is no class. */
const transferGas = 21_000n;
/** Name of what is left. */
const rest = -1;
/** Bits of a name for size and gas, below those for dialect and contract. */
const [sizeBits, dialects] = [6, 16];

const factors = randomHashFactors();
/** Places of dialects, in the order in which they were seen. */
const formats = new Map<string, number>();

/**
 * Groups transactions by dialect, size, gas limit, and by the contract that they call where many call the same. Every
 * transaction of every block goes through it, so it makes nothing for one.
 */
export function classesOf(transactions: readonly Transaction[]): TransactionClasses {
  const calls = new Map<number, number>();
  const targets = new Int32Array(transactions.length);
  for (let index = 0; index < transactions.length; index++) {
    const { gasLimit, hints } = transactions[index] as Transaction;
    const target = gasLimit > transferGas ? hints?.accounts[0] : undefined;
    if (target === undefined) continue;
    const name = hashWithFactors(factors, target, 1) | 0;
    targets[index] = name;
    calls.set(name, (calls.get(name) ?? 0) + 1);
  }
  const places = new Map<number, number>();
  const names: number[] = [];
  const counts: number[] = [];
  const of = new Uint16Array(transactions.length);
  for (let index = 0; index < transactions.length; index++) {
    const { format, raw, gasLimit } = transactions[index] as Transaction;
    const target = targets[index] as number;
    const own = target !== 0 && (calls.get(target) ?? 0) >= callsOfClass ? target >>> 0 : 0;
    // At most 32 + 4 + 6 + 6 bits: exact.
    let name = ((own * dialects + placeOf(format)) * 2 ** sizeBits + bitsOf(raw.length)) * 2 ** sizeBits + bitsOf(Number(gasLimit));
    let place = places.get(name);
    if (place === undefined && names.length >= mostClasses - 1) place = places.get((name = rest));
    if (place === undefined) {
      places.set(name, (place = names.length));
      names.push(name);
      counts.push(0);
    }
    (counts[place] as number) += 1;
    of[index] = place;
  }
  return { names, counts, of };
}

function placeOf(format: string): number {
  let place = formats.get(format);
  if (place === undefined) formats.set(format, (place = formats.size % dialects));
  return place;
}

/** Bits that a number takes, 33 for all beyond 32. */
function bitsOf(value: number): number {
  return value >= 2 ** 32 ? 33 : 32 - Math.clz32(value);
}
