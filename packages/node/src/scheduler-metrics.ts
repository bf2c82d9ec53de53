/** How blocks were run, in Prometheus' metrics. */
import { Counter, Histogram, type Registry } from "prom-client";
import type { BlockRunSummary, SchedulerCounts } from "@trireme/chain";

/** @see createSchedulerMetrics */
export interface SchedulerMetrics {
  /** One block that was committed. */
  count(run: BlockRunSummary): void;
}

/** Makes the metrics; `counts` names the causes. Blocks that the threads gave up have mode `serial` and cause `givenUp`. */
export function createSchedulerMetrics({ serial }: SchedulerCounts, registers: Registry[]): SchedulerMetrics {
  const blocks = new Counter({
    name: "trireme_scheduler_blocks_total",
    help: "Blocks by how their transactions were run: in parallel, or serially and why",
    labelNames: ["mode", "cause"],
    registers,
  });
  const aborts = new Counter({
    name: "trireme_scheduler_aborts_total",
    help: "Transactions that ran again because what they had read did not hold",
    registers,
  });
  const speedUp = new Histogram({
    name: "trireme_scheduler_speed_up",
    help: "Time of the runs that stand over the time of the block, of blocks that ran in parallel",
    buckets: [0.5, 0.8, 1, 1.2, 1.5, 1.8, 2, 3, 4, 6, 8, 16],
    registers,
  });
  const seconds = new Histogram({
    name: "trireme_scheduler_block_seconds",
    help: "Time that running a block's transactions took",
    labelNames: ["mode"],
    buckets: [0.0001, 0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  // What never happened is shown as zero.
  blocks.inc({ mode: "parallel", cause: "none" }, 0);
  for (const cause of Object.keys(serial)) blocks.inc({ mode: "serial", cause }, 0);
  return {
    count({ mode, cause, aborts: again, speedUp: times, wallTime }) {
      blocks.inc({ mode, cause: cause ?? "none" });
      aborts.inc(again);
      if (mode === "parallel") speedUp.observe(times);
      seconds.observe({ mode }, wallTime / 1_000_000);
    },
  };
}
