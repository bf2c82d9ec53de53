/** eth_subscribe: notifications over a connection. */
import type { Chain, ChainEvent } from "@trireme/chain";
import { bytesToHex } from "@trireme/core";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import type { RpcContext } from "../json-rpc/rpc-method.ts";
import { formatHeader } from "./format/block.ts";
import { formatTransaction } from "./format/transaction.ts";
import { createLogWatch } from "./log-watch.ts";
import type { LogCriteria } from "./parameters/log-filter.ts";
import type { EthereumLimits } from "./services.ts";

/** What a client can subscribe to. */
export type SubscriptionKind =
  | { readonly kind: "newHeads" }
  | { readonly kind: "logs"; readonly criteria: LogCriteria }
  | { readonly kind: "newPendingTransactions"; readonly isFull: boolean }
  | { readonly kind: "syncing" };

/** Open subscriptions of all connections. */
export interface Subscriptions {
  /** Opens one and gives its id. @throws RpcError where the connection cannot be told anything, or has too many */
  subscribe(kind: SubscriptionKind, context: RpcContext): string;
  /** False when the connection has none of this id. */
  unsubscribe(id: string, context: RpcContext): boolean;
  close(): void;
}

/** Makes the subscriptions of a chain. */
export function createSubscriptions(chain: Chain, limits: EthereumLimits): Subscriptions {
  const listeners = new Set<(event: ChainEvent) => void>();
  const stop = chain.subscribe((event) => {
    for (const listener of listeners) listener(event);
  });

  return {
    subscribe(kind, context) {
      const { session } = context;
      if (session === undefined) {
        throw new RpcError(
          rpcErrorCodes.methodNotSupported,
          "notifications not supported: expected a WebSocket connection or the in-process provider, got HTTP",
        );
      }
      if (session.subscriptions.size >= limits.subscriptions) {
        throw new RpcError(
          rpcErrorCodes.limitExceeded,
          `expected at most ${limits.subscriptions} subscriptions on one connection: unsubscribe one first`,
        );
      }
      const id = createId();
      const collect = collector(kind, chain.chainId);
      // What happens before the client knows the id waits for the response.
      let held: unknown[] | undefined = [];
      const send = (result: unknown): void => session.notify("eth_subscription", { subscription: id, result });
      const listener = (event: ChainEvent): void => {
        for (const result of collect(event)) {
          if (held === undefined) send(result);
          else held.push(result);
        }
      };
      const cancelClose = session.onClose(() => listeners.delete(listener));
      session.subscriptions.set(id, () => {
        listeners.delete(listener);
        cancelClose();
      });
      listeners.add(listener);
      context.afterResponse(() => {
        const waiting = held ?? [];
        held = undefined;
        for (const result of waiting) send(result);
      });
      return id;
    },
    unsubscribe(id, context) {
      const cancel = context.session?.subscriptions.get(id);
      cancel?.();
      return context.session?.subscriptions.delete(id) ?? false;
    },
    close() {
      stop();
      listeners.clear();
    },
  };
}

function collector(kind: SubscriptionKind, chainId: bigint): (event: ChainEvent) => readonly unknown[] {
  switch (kind.kind) {
    case "newHeads":
      return (event) => (event.kind === "block" ? [formatHeader(event.block)] : []);
    case "logs":
      return createLogWatch(kind.criteria);
    case "newPendingTransactions":
      return (event) => {
        if (event.kind !== "pending") return [];
        return [kind.isFull ? formatTransaction(event.transaction, chainId, undefined) : bytesToHex(event.transaction.hash)];
      };
    case "syncing":
      // A chain of one node is never behind.
      return () => [];
    default:
      return kind satisfies never;
  }
}

function createId(): string {
  return `0x${globalThis.crypto.randomUUID().replaceAll("-", "")}`;
}
