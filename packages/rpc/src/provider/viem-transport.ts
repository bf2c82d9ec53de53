/** A viem transport in process: a client on a chain without a port, subscriptions included. */
import type { Transport } from "viem";
import type { RpcDispatcher } from "../json-rpc/rpc-dispatcher.ts";
import { createEip1193Provider, type ProviderMessage } from "./eip1193-provider.ts";

/** What viem's watch actions use in place of polling. */
export interface TransportSubscriptions {
  subscribe(parameters: {
    readonly params: readonly unknown[];
    readonly onData: (data: never) => void;
    readonly onError?: (error: unknown) => void;
  }): Promise<{ readonly subscriptionId: string; readonly unsubscribe: () => Promise<unknown> }>;
}

/** A transport over a dispatcher. viem itself has to be installed: it is loaded with the first request. */
export function createViemTransport(dispatcher: RpcDispatcher): Transport<"ipc", TransportSubscriptions> {
  const provider = createEip1193Provider(dispatcher);
  // viem builds its requests here: they turn wire errors into viem's own.
  const inner = once(async () => {
    const { custom } = await import("viem");
    return custom(provider as Parameters<typeof custom>[0], { retryCount: 0 })({});
  });
  const request = async (request: unknown, options: unknown): Promise<unknown> => (await inner()).request(request, options);

  return () => ({
    // The kinds that viem subscribes with instead of polling are webSocket and ipc.
    config: {
      key: "trireme",
      name: "Trireme in process",
      request: request as never,
      retryCount: 0,
      retryDelay: 0,
      timeout: 0,
      type: "ipc",
    },
    request: request as never,
    value: {
      async subscribe({ params, onData }) {
        const subscriptionId = (await provider.request({ method: "eth_subscribe", params })) as string;
        const listener = ({ data }: ProviderMessage): void => {
          if ((data as { readonly subscription: string }).subscription === subscriptionId) onData(data as never);
        };
        provider.on("message", listener);
        return {
          subscriptionId,
          unsubscribe() {
            provider.removeListener("message", listener);
            return provider.request({ method: "eth_unsubscribe", params: [subscriptionId] });
          },
        };
      },
    },
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
