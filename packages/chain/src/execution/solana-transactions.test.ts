// Random sequences of signed Solana transactions, here and on litesvm.
import { expect, it } from "vitest";
import { describeSequences, runSequence, sumSequences } from "./solana-sequence.mts";

/** Sequences of each engine, and transactions of each. `npx pnpm fuzz svm-transactions` plays more of them. */
const [sequences, length] = [3, 100];

for (const engine of ["compiler", "interpreter"] as const) {
  it(`a chain with the ${engine} and litesvm agree on everything that can be seen of transactions`, { timeout: 60_000 }, () => {
    const first = engine === "compiler" ? 1 : 1001;
    const sum = sumSequences(Array.from({ length: sequences }, (_, index) => runSequence(first + index, length, engine)));
    console.log(describeSequences(sum));
    expect(sum.difference).toBeUndefined();
    expect(sum.succeeded / sum.instructions).toBeGreaterThan(0.6);
  });
}
