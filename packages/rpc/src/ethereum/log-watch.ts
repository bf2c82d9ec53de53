/** Watching logs at the head: what a new block adds, and what a reorganisation takes back. */
import type { Block, ChainEvent } from "@trireme/chain";
import { bytesToHex } from "@trireme/core";
import type { RpcLog } from "./format/log.ts";
import { createBloomTest } from "./log-match.ts";
import { matchingLogs } from "./log-query.ts";
import type { LogCriteria } from "./parameters/log-filter.ts";

/** Blocks whose logs are remembered, so that they can be announced as removed. */
const REMEMBERED_BLOCKS = 256;

/** Gives the logs that an event adds; those that it takes back come first, with `removed: true`. */
export type LogWatch = (event: ChainEvent) => readonly RpcLog[];

/** Makes a watch for criteria. */
export function createLogWatch(criteria: LogCriteria): LogWatch {
  const mayMatch = createBloomTest(criteria);
  const seen = new Map<string, readonly RpcLog[]>();

  function forget(block: Block): readonly RpcLog[] {
    const key = bytesToHex(block.hash);
    const logs = seen.get(key) ?? [];
    seen.delete(key);
    return logs.map((log) => ({ ...log, removed: true }));
  }

  return (event) => {
    if (event.kind === "reorg") return event.removed.flatMap(forget);
    if (event.kind !== "block" || !mayMatch(event.block.header.logsBloom)) return [];
    const logs = event.receipts.flatMap((receipt) => matchingLogs(criteria, receipt, event.block));
    if (logs.length > 0) seen.set(bytesToHex(event.block.hash), logs);
    for (const key of seen.keys()) {
      if (seen.size <= REMEMBERED_BLOCKS) break;
      seen.delete(key);
    }
    return logs;
  };
}
