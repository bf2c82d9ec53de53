/** What is known of how the newest blocks were run. */
import { bytesToHex } from "@trireme/core";
import { eventsOf, reportOf, summaryOf, type SchedulerEvent } from "@trireme/scheduler";
import type { Block, BlockRunSummary, ChainBlockReport, ChainScheduler, SchedulerCounts, SerialCause } from "../chain.ts";
import { callListener } from "../production/event-hub.ts";
import type { BlockRun } from "./block-run.ts";

/** Runs that are kept: so many, ... */
const mostRuns = 64;
/** ... and while what was recorded of them is no more than this many bytes, but for the newest. */
const mostBytes = 16 * 1024 * 1024;
/** A key with all that holds it, about. */
const bytesPerKey = 256;

/** @see createBlockReports */
export interface BlockReports extends Omit<ChainScheduler, "getReport"> {
  /** Keeps how a block was run that has become the head, and tells listeners. */
  keep(block: Block, run: BlockRun): BlockRunSummary;
  /** Undefined for a block that is not kept. */
  reportOf(block: Block): ChainBlockReport | undefined;
}

/** Makes the reports of a chain that runs blocks on so many threads. */
export function createBlockReports(workers: number): BlockReports {
  /** By the hash of the block, oldest first. */
  const kept = new Map<string, { readonly run: BlockRun; readonly bytes: number }>();
  const listeners = new Set<{ readonly call: (event: SchedulerEvent) => void }>();
  const serial: Record<SerialCause, number> = { off: 0, small: 0, starting: 0, slower: 0, contention: 0, givenUp: 0, fault: 0 };
  let bytes = 0;
  let [parallel, aborts] = [0, 0];

  const forget = (hash: string): void => {
    bytes -= kept.get(hash)?.bytes ?? 0;
    kept.delete(hash);
  };

  return {
    workers,
    get counts(): SchedulerCounts {
      return { parallel, serial: { ...serial }, aborts };
    },
    reportOf: (block) => {
      const run = kept.get(bytesToHex(block.hash))?.run;
      return run === undefined ? undefined : makeReport(block, run);
    },
    subscribe: (listener) => {
      const entry = { call: listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    keep: (block, run) => {
      const hash = bytesToHex(block.hash);
      forget(hash);
      const size = sizeOf(run);
      kept.set(hash, { run, bytes: size });
      bytes += size;
      for (const oldest of kept.keys()) {
        if (kept.size === 1 || (kept.size <= mostRuns && bytes <= mostBytes)) break;
        forget(oldest);
      }
      const summary = summaryOf(run.record);
      const { mode, cause, reason } = run;
      if (cause === undefined) parallel++;
      else serial[cause]++;
      aborts += summary.aborts;
      if (listeners.size > 0) {
        const events = eventsOf(makeReport(block, run));
        for (const listener of listeners) for (const event of events) callListener(listener.call, event);
      }
      const { finalRunTime, wallTime } = summary;
      const speedUp = mode === "serial" || wallTime === 0 ? 1 : finalRunTime / wallTime;
      return { mode, cause, reason, workers: run.record.workers, ...summary, speedUp };
    },
  };
}

function sizeOf({ record: { events, keys } }: BlockRun): number {
  return events.reduce((sum, { buffer }) => sum + buffer.byteLength, keys.size * bytesPerKey);
}

function makeReport(block: Block, { mode, reason, record, skipped }: BlockRun): ChainBlockReport {
  const report = reportOf({ block: block.header.number, mode, reason, record });
  const gone = new Set(skipped);
  let next = 0;
  const hashes = report.transactions.map(({ index }) => (gone.has(index) ? undefined : block.transactions[next++]?.hash));
  return { ...report, blockHash: block.hash, hashes };
}
