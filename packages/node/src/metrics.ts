/** What a node measures of itself, in Prometheus' text format. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Chain } from "@trireme/chain";
import { createSchedulerMetrics } from "./scheduler-metrics.ts";

/** A node's metrics. */
export interface Metrics {
  /** Text exposition of everything. */
  render(): Promise<string>;
  readonly contentType: string;
  /** One RPC request that was answered. */
  countRequest(method: string, isError: boolean, seconds: number): void;
  /** Stops watching the chain. */
  close(): void;
}

/** Methods beyond this many names count as `other`, so that callers cannot grow the registry. */
const MAX_METHOD_NAMES = 256;

/** Watches a chain. */
export function createMetrics(chain: Chain): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "trireme_" });
  const registers = [registry];
  const blocks = new Counter({ name: "trireme_blocks_total", help: "Blocks committed by this process", registers });
  const transactions = new Counter({
    name: "trireme_transactions_total",
    help: "Transactions committed by this process",
    labelNames: ["status"],
    registers,
  });
  const gas = new Counter({ name: "trireme_gas_used_total", help: "Gas used by committed blocks", registers });
  const requests = new Counter({
    name: "trireme_rpc_requests_total",
    help: "RPC requests answered",
    labelNames: ["method", "outcome"],
    registers,
  });
  const latency = new Histogram({
    name: "trireme_rpc_seconds",
    help: "Time from request to answer",
    buckets: [0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  new Gauge({
    name: "trireme_head_block",
    help: "Number of the newest block",
    registers,
    collect() {
      this.set(Number(chain.head.header.number));
    },
  });
  new Gauge({
    name: "trireme_base_fee_wei",
    help: "Base fee of the next block in wei per gas",
    registers,
    collect() {
      this.set(Number(chain.nextBaseFee()));
    },
  });
  new Gauge({
    name: "trireme_mempool_transactions",
    help: "Transactions in the mempool",
    labelNames: ["state"],
    registers,
    collect() {
      this.set({ state: "pending" }, chain.mempool.pending.length);
      this.set({ state: "queued" }, chain.mempool.queued.length);
    },
  });
  const scheduler = createSchedulerMetrics(chain.scheduler.counts, registers);
  const names = new Set<string>();
  const unsubscribe = chain.subscribe((event) => {
    if (event.kind !== "block") return;
    blocks.inc();
    gas.inc(Number(event.block.header.gasUsed));
    if (event.run !== undefined) scheduler.count(event.run);
    for (const receipt of event.receipts) transactions.inc({ status: receipt.succeeded ? "succeeded" : "failed" });
  });
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    countRequest(method, isError, seconds) {
      if (names.size < MAX_METHOD_NAMES) names.add(method);
      requests.inc({ method: names.has(method) ? method : "other", outcome: isError ? "error" : "result" });
      latency.observe(seconds);
    },
    close: unsubscribe,
  };
}
