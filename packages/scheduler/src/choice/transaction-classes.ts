/** Kinds of transactions that cost about the same. */
import type { Transaction } from "@trireme/core";

/** The transactions of a block by kind. */
export interface TransactionClasses {
  readonly names: readonly string[];
  /** Transactions of each. */
  readonly counts: readonly number[];
  /** For each transaction the place of its class. */
  readonly of: Uint16Array;
}

/** A contract is a class of its own where so many transactions of a block call it. */
const callsOfClass = 8;
/** Classes of a block at most; what is left shares one. */
const mostClasses = 256;

/** Groups transactions by dialect, size, gas limit, and by the contract that they call where many call the same. */
export function classesOf(transactions: readonly Transaction[]): TransactionClasses {
  const calls = new Map<string, number>();
  const targets = transactions.map(({ hints }) => {
    const target = hints?.accounts[0];
    if (target === undefined) return "";
    const name = Buffer.from(target.buffer, target.byteOffset, target.byteLength).toString("latin1");
    calls.set(name, (calls.get(name) ?? 0) + 1);
    return name;
  });
  const places = new Map<string, number>();
  const counts: number[] = [];
  const of = Uint16Array.from(transactions, ({ format, raw, gasLimit }, index) => {
    const target = targets[index] as string;
    const own = (calls.get(target) ?? 0) >= callsOfClass ? target : "";
    const whole = `${format} ${32 - Math.clz32(raw.length)} ${gasLimit.toString(16).length} ${own}`;
    const name = places.size < mostClasses - 1 || places.has(whole) ? whole : "rest";
    let place = places.get(name);
    if (place === undefined) {
      places.set(name, (place = places.size));
      counts.push(0);
    }
    (counts[place] as number) += 1;
    return place;
  });
  return { names: [...places.keys()], counts, of };
}
