/** The ideal speed-ups of a row that was measured. */
import type { Transaction } from "@trireme/core";
import type { BlockGround } from "./block-ground.ts";
import { dependencyGraph } from "./dependency-graph.ts";
import { idealSpeedUp } from "./ideal-speed-up.ts";
import type { MeasuredColumn, MeasuredRow } from "./measure-row.ts";
import type { ParallelWorkload } from "./workload.ts";

/** A row whose columns have the speed-up that the graph of its block allows so many workers. */
export interface JudgedRow extends MeasuredRow {
  readonly columns: readonly JudgedColumn[];
}

/** @see JudgedRow */
export interface JudgedColumn extends MeasuredColumn {
  readonly ideal: number;
}

/** To be called when all rows were measured: recording what is read makes the serial side's code slower. */
export function withIdeals(row: MeasuredRow, workload: ParallelWorkload, ground: BlockGround): JudgedRow {
  const transactions = workload.createTransactions();
  const costs = transactionCosts(ground, transactions);
  const graph = dependencyGraph(ground, transactions);
  const costed = graph.map((after, index) => ({ after, cost: costs[index] as number }));
  return { ...row, columns: row.columns.map((column) => ({ ...column, ideal: idealSpeedUp(costed, column.workers) })) };
}

/** Of each transaction in its turn, the fastest of five serial runs: what the machine did beside is not the transaction's. */
function transactionCosts(ground: BlockGround, transactions: readonly Transaction[]): readonly number[] {
  const costs = transactions.map(() => Infinity);
  for (let run = 0; run < 5; run++) {
    const journal = ground.begin();
    for (const [index, transaction] of transactions.entries()) {
      const start = performance.now();
      ground.execute(transaction, journal);
      costs[index] = Math.min(costs[index] as number, performance.now() - start);
    }
  }
  return costs;
}
