// What random blocks were made of, and how their runs went: a law that was tried on nothing holds as well.
import type { Transaction } from "@trireme/core";
import type { ExecutedBlock } from "../execution/block-plan.ts";
import type { ThreadRun } from "./check-block.mts";
import type { Contention, DrawnBlock } from "./law-draw.mts";

/** How transactions of one kind ended. */
export interface KindCounts {
  succeeded: number;
  failed: number;
  feeOnly: number;
  skipped: number;
}

/** Sums over blocks. */
export class LawCounts {
  blocks = 0;
  transactions = 0;
  /** Runs on threads of blocks with more than a hundred transactions, and those of them where two threads or more ran some. */
  large = 0;
  shared = 0;
  readonly givenUp = new Map<string, number>();
  readonly aborts: Record<Contention, number> = { none: 0, some: 0, hot: 0 };
  readonly kinds = new Map<string, KindCounts>();
  /** How failed frames ended, and why transactions were skipped. */
  readonly reasons = new Map<string, number>();

  addRun(transactions: number, contention: Contention, { aborts, workers, givenUp }: ThreadRun): void {
    this.aborts[contention] += aborts;
    for (const cause of givenUp) this.givenUp.set(cause, (this.givenUp.get(cause) ?? 0) + 1);
    if (transactions <= 100) return;
    this.large++;
    if (workers >= 2) this.shared++;
  }

  addBlock({ acts }: DrawnBlock, { included, skipped }: ExecutedBlock, transactions: readonly Transaction[]): void {
    this.blocks++;
    this.transactions += transactions.length;
    let [nextIncluded, nextSkipped] = [0, 0];
    for (const [index, transaction] of transactions.entries()) {
      const kind = acts[index]?.kind ?? "";
      const counts = this.kinds.get(kind) ?? { succeeded: 0, failed: 0, feeOnly: 0, skipped: 0 };
      this.kinds.set(kind, counts);
      const stands = included[nextIncluded];
      // One transaction twice: the first is the one that may stand.
      if (
        stands?.transaction === transaction &&
        (skipped[nextSkipped]?.transaction !== transaction || nextIncluded + nextSkipped === index)
      ) {
        nextIncluded++;
        const { result, succeeded } = stands.result;
        if ("error" in stands.result) counts.feeOnly++;
        else if (succeeded) counts.succeeded++;
        else {
          counts.failed++;
          this.addReason(result.kind === "halt" ? result.reason : result.kind);
        }
      } else {
        counts.skipped++;
        this.addReason(skipped[nextSkipped++]?.error.code ?? "");
      }
    }
  }

  describe(): string {
    const kinds = [...this.kinds].map(
      ([name, { succeeded, failed, feeOnly, skipped }]) =>
        `${name} ${succeeded}/${failed}${feeOnly > 0 ? `/${feeOnly} fee only` : ""}/${skipped}`,
    );
    const reasons = [...this.reasons].toSorted((left, right) => right[1] - left[1]).map(([name, times]) => `${name} ${times}`);
    const causes = [...this.givenUp].map(([cause, times]) => `${cause} ${times}`).join(", ") || "never";
    const { none, some, hot } = this.aborts;
    return [
      `${this.blocks} blocks, ${this.transactions} transactions; run again ${none} without contention, ${some} with some, ${hot} with much`,
      `${this.large} blocks of over 100 transactions, ${this.shared} of them on two threads and more; given up and run again: ${causes}`,
      `succeeded/failed/skipped: ${kinds.join(", ")}`,
      `reasons: ${reasons.join(", ")}`,
    ].join("\n");
  }

  private addReason(reason: string): void {
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }
}
