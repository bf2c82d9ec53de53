/** A chain as a wallet shows it (EIP-1193), in process: no port. */
import type { RpcDispatcher } from "../json-rpc/rpc-dispatcher.ts";
import { createRpcSession } from "../json-rpc/rpc-session.ts";

/** A request of EIP-1193. */
export interface ProviderRequest {
  readonly method: string;
  readonly params?: unknown;
}

/** What a `message` event carries. */
export interface ProviderMessage {
  /** `eth_subscription`. */
  readonly type: string;
  readonly data: unknown;
}

/** A provider; errors have `code`, `message` and `data`. */
export interface Eip1193Provider {
  request(request: ProviderRequest): Promise<unknown>;
  on(event: string, listener: (message: ProviderMessage) => void): Eip1193Provider;
  removeListener(event: string, listener: (message: ProviderMessage) => void): Eip1193Provider;
  /** Ends its subscriptions. */
  close(): void;
}

/** Makes a provider over a dispatcher. Subscriptions of eth_subscribe arrive as `message` events. */
export function createEip1193Provider(dispatcher: RpcDispatcher): Eip1193Provider {
  const listeners = new Map<string, Set<(message: ProviderMessage) => void>>();
  const session = createRpcSession((method, params) => {
    for (const listener of listeners.get("message") ?? []) listener({ type: method, data: params });
  });
  const provider: Eip1193Provider = {
    request: ({ method, params }) => dispatcher.request(method, params, session),
    on(event, listener) {
      const added = listeners.get(event) ?? new Set();
      listeners.set(event, added.add(listener));
      return provider;
    },
    removeListener(event, listener) {
      listeners.get(event)?.delete(listener);
      return provider;
    },
    close: () => session.close(),
  };
  return provider;
}
