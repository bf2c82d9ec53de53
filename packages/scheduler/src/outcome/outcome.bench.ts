/** Outcomes to bytes and back, beside a structured clone: `node scripts/run.mjs packages/scheduler/src/outcome/outcome.bench.ts`. */
import type { Address, TransactionOutcome } from "@trireme/core";
import { decodeOutcome } from "./decode-outcome.ts";
import { encodeOutcome } from "./encode-outcome.ts";

const transfer: TransactionOutcome = {
  kind: "executed",
  succeeded: true,
  gasUsed: 21_000n,
  effectiveGasPrice: 10n ** 9n,
  blobGasUsed: 0n,
  burnt: 21_000n * 10n ** 9n,
  logs: [],
  programLogs: [],
  result: { kind: "success", gasLeft: 0n, gasRefund: 0n, output: new Uint8Array(0) },
  created: undefined,
};
const log = { address: new Uint8Array(20).fill(9) as Address, topics: [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) };
const withLogs: TransactionOutcome = {
  ...transfer,
  gasUsed: 120_000n,
  logs: [32, 32, 64].map((length) => ({ ...log, data: new Uint8Array(length).fill(5) })),
  result: { kind: "success", gasLeft: 40_000n, gasRefund: 4_800n, output: new Uint8Array(32).fill(1) },
};
const solana: TransactionOutcome = {
  ...transfer,
  programLogs: ["Program 11111111111111111111111111111111 invoke [1]", "Program 11111111111111111111111111111111 success"],
  extra: new Uint8Array(120).fill(3),
};

/** Prints the best of many rounds, in ns for each. */
function measure(what: string, run: () => unknown): void {
  const calls = 5_000;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 60; round++) {
    const start = performance.now();
    for (let call = 0; call < calls; call++) run();
    best = Math.min(best, performance.now() - start);
  }
  console.info(`${what.padEnd(36)} ${((best / calls) * 1e6).toFixed(0).padStart(6)} ns`);
}

for (const [name, outcome] of Object.entries({ transfer, "3 logs": withLogs, "2 program logs": solana })) {
  const bytes = encodeOutcome(outcome);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  console.info(`${name}: ${bytes.length} bytes`);
  measure("  encode", () => encodeOutcome(outcome));
  measure("  decode", () => decodeOutcome(bytes));
  measure("  decode out of shared memory", () => decodeOutcome(shared));
  measure("  structured clone, there and back", () => structuredClone(outcome));
}
