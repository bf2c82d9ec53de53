/** @solana/kit in process: an RPC and its subscriptions on a chain without a port. */
import type { RpcDispatcher } from "../json-rpc/rpc-dispatcher.ts";
import { wireError } from "../json-rpc/wire-error.ts";
import { createRpcSession } from "../json-rpc/rpc-session.ts";

/** What kit's `createSolanaRpcFromTransport` takes. */
export type SolanaTransport = <Response>(request: { readonly payload: unknown; readonly signal?: AbortSignal }) => Promise<Response>;

/** A connection as kit's subscriptions see it: messages are values, not text. */
export interface SolanaChannel {
  on(kind: string, listener: (data: never) => void, options?: { readonly signal: AbortSignal }): () => void;
  send(message: unknown): Promise<void>;
}

/** What kit's `createSolanaRpcSubscriptionsFromTransport` takes. */
export type SolanaSubscriptionsTransport = <Publisher>(plan: {
  readonly execute: (config: { readonly channel: SolanaChannel; readonly signal: AbortSignal }) => Promise<Publisher>;
  readonly signal: AbortSignal;
}) => Promise<Publisher>;

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: unknown;
}

/** A transport for kit's `createSolanaRpcFromTransport`. 64-bit integers keep all their digits. */
export function createSolanaTransport(dispatcher: RpcDispatcher): SolanaTransport {
  return async ({ payload, signal }) => {
    signal?.throwIfAborted();
    return (await answer(dispatcher, payload as Call)) as never;
  };
}

/** A transport for kit's `createSolanaRpcSubscriptionsFromTransport`. Each subscription has a connection of its own. */
export function createSolanaSubscriptionsTransport(dispatcher: RpcDispatcher): SolanaSubscriptionsTransport {
  return ({ execute, signal }) => {
    signal.throwIfAborted();
    return execute({ channel: createChannel(dispatcher, signal), signal });
  };
}

function createChannel(dispatcher: RpcDispatcher, signal: AbortSignal): SolanaChannel {
  const listeners = new Set<(message: unknown) => void>();
  const publish = (message: unknown): void => {
    for (const listener of listeners) listener(message);
  };
  const session = createRpcSession((method, params) => publish({ jsonrpc: "2.0", method, params }));
  signal.addEventListener("abort", () => session.close(), { once: true });
  return {
    on(kind, listener, options) {
      if (kind !== "message") return () => undefined;
      const added = listener as (message: unknown) => void;
      const remove = (): void => void listeners.delete(added);
      if (options?.signal.aborted === true) return remove;
      options?.signal.addEventListener("abort", remove, { once: true });
      listeners.add(added);
      return remove;
    },
    async send(message) {
      // kit listens for the answer once the message is on its way, so that it must not come at once.
      setTimeout(() => void answer(dispatcher, message as Call, session).then(publish), 0);
    },
  };
}

async function answer(dispatcher: RpcDispatcher, call: Call, session?: Parameters<RpcDispatcher["request"]>[2]): Promise<object> {
  const { id, method, params } = call;
  try {
    return { jsonrpc: "2.0", id, result: await dispatcher.request(method, toNumbers(params), session) };
  } catch (error) {
    return { jsonrpc: "2.0", id, error: wireError(error) };
  }
}

/** Integers of kit's parameters are bigints; on the wire they would be numbers. */
function toNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(toNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toNumbers(entry)]));
}
