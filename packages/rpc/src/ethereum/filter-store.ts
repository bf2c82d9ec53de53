/** Installed filters (eth_newFilter and relatives): they collect changes until somebody asks. */
import type { Chain, ChainEvent } from "@trireme/chain";
import { bytesToHex } from "@trireme/core";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import { toQuantity } from "./format/quantity.ts";
import { createLogWatch } from "./log-watch.ts";
import type { LogFilter } from "./parameters/log-filter.ts";
import type { EthereumLimits } from "./services.ts";

/** What a filter collects. */
export type FilterKind =
  | { readonly kind: "logs"; readonly filter: LogFilter }
  | { readonly kind: "blocks" }
  | { readonly kind: "transactions" };

/** Filters by id. They outlive snapshots and reorganisations: they belong to the server, not to the state. */
export interface FilterStore {
  /** @throws RpcError -32005 when too many are installed */
  install(kind: FilterKind): string;
  /** False when there was none. */
  uninstall(id: string): boolean;
  /** What was collected since the last time. @throws RpcError -32000 "filter not found" */
  changes(id: string): readonly unknown[];
  /** The log filter of an id. @throws RpcError -32000 "filter not found", or for a filter of another kind */
  logFilter(id: string): LogFilter;
  close(): void;
}

interface Filter {
  readonly kind: FilterKind;
  readonly collect: (event: ChainEvent) => readonly unknown[];
  backlog: unknown[];
  usedAt: number;
}

/** Makes a store that listens to a chain. `now` gives milliseconds. */
export function createFilterStore(chain: Chain, limits: EthereumLimits, now: () => number = () => performance.now()): FilterStore {
  const filters = new Map<string, Filter>();
  // Ids of another run of the server must not fit by accident.
  let nextId = BigInt(Math.floor(Math.random() * 2 ** 47)) << 16n;

  const stop = chain.subscribe((event) => {
    sweep();
    for (const filter of filters.values()) {
      filter.backlog.push(...filter.collect(event));
      // Only the newest changes of a filter that nobody reads are kept.
      if (filter.backlog.length > limits.filterBacklog) filter.backlog = filter.backlog.slice(-limits.filterBacklog);
    }
  });

  function sweep(): void {
    const oldest = now() - limits.filterIdleMilliseconds;
    for (const [id, filter] of filters) if (filter.usedAt < oldest) filters.delete(id);
  }

  function find(id: string): Filter {
    sweep();
    const filter = filters.get(id);
    if (filter === undefined) {
      throw new RpcError(
        rpcErrorCodes.server,
        `filter not found: ${id} was never installed, was uninstalled, or was not asked for ${limits.filterIdleMilliseconds / 1000} seconds`,
      );
    }
    filter.usedAt = now();
    return filter;
  }

  return {
    install(kind) {
      sweep();
      if (filters.size >= limits.filters) {
        throw new RpcError(rpcErrorCodes.limitExceeded, `expected at most ${limits.filters} installed filters: uninstall one first`);
      }
      const id = toQuantity(++nextId);
      filters.set(id, { kind, collect: collector(kind), backlog: [], usedAt: now() });
      return id;
    },
    uninstall: (id) => filters.delete(id),
    changes(id) {
      const filter = find(id);
      const changes = filter.backlog;
      filter.backlog = [];
      return changes;
    },
    logFilter(id) {
      const { kind } = find(id);
      if (kind.kind !== "logs") throw new RpcError(rpcErrorCodes.server, `expected a log filter, got ${id}, a filter of ${kind.kind}`);
      return kind.filter;
    },
    close() {
      stop();
      filters.clear();
    },
  };
}

function collector(kind: FilterKind): (event: ChainEvent) => readonly unknown[] {
  switch (kind.kind) {
    case "blocks":
      return (event) => (event.kind === "block" ? [bytesToHex(event.block.hash)] : []);
    case "transactions":
      return (event) => (event.kind === "pending" ? [bytesToHex(event.transaction.hash)] : []);
    case "logs": {
      const watch = createLogWatch(kind.filter);
      const { range } = kind.filter;
      const last = "to" in range && typeof range.to === "bigint" ? range.to : undefined;
      return (event) => (last === undefined ? watch(event) : watch(event).filter((log) => BigInt(log.blockNumber) <= last));
    }
    default:
      return kind satisfies never;
  }
}
