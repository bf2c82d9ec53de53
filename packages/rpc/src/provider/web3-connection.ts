/** A `Connection` of web3.js 1.x in process: on a chain without a port, subscriptions included. */
import { encodeJson } from "../json-rpc/encode-json.ts";
import type { RpcDispatcher } from "../json-rpc/rpc-dispatcher.ts";
import { createRpcSession, type OwnedRpcSession } from "../json-rpc/rpc-session.ts";

/** The class `Connection` of web3.js, which the caller has installed. */
export type ConnectionClass<Connection, Config> = new (endpoint: string, config: Config) => Connection;

/** What web3.js asks of its socket (rpc-websockets) after it has put its listeners there. */
interface ConnectionSocket {
  connect(): void;
  call(method: string, params: unknown): Promise<unknown>;
  notify(method: string): Promise<void>;
  close(code?: number): void;
  emit(event: string, data?: unknown): void;
}

/** Nobody listens there, and no name server knows it (RFC 6761). */
const ENDPOINT = "http://trireme.invalid";

/**
 * A connection over a dispatcher: `createInProcessConnection(Connection, dispatcher, { commitment: "confirmed" })`. It does
 * whatever one with an address does: spl-token, Anchor and the like take it.
 */
export function createInProcessConnection<Connection extends object, Config extends object>(
  connectionClass: ConnectionClass<Connection, Config>,
  dispatcher: RpcDispatcher,
  config?: Omit<Config, "fetch" | "wsEndpoint">,
): Connection {
  const fetch = async (_: unknown, init?: { readonly body?: unknown }): Promise<Response> => {
    const reply = await dispatcher.receive(String(init?.body));
    reply.sent();
    return new Response(reply.text ?? "", { headers: { "content-type": "application/json" } });
  };
  const connection = new connectionClass(ENDPOINT, { ...config, fetch } as unknown as Config);
  replaceSocket((connection as unknown as { readonly _rpcWebSocket: ConnectionSocket })._rpcWebSocket, dispatcher);
  return connection;
}

/** The socket keeps its listeners and never opens anything. */
function replaceSocket(socket: ConnectionSocket, dispatcher: RpcDispatcher): void {
  let session: OwnedRpcSession | undefined;
  Object.assign(socket, {
    connect() {
      if (session !== undefined) return;
      session = createRpcSession((method, params) => socket.emit(method, overTheWire(params)));
      queueMicrotask(() => socket.emit("open"));
    },
    call: async (method, params) => overTheWire(await dispatcher.request(method, params, session)),
    notify: () => Promise.resolve(),
    close(code = 1000) {
      session?.close();
      session = undefined;
      queueMicrotask(() => socket.emit("close", code));
    },
  } satisfies Omit<ConnectionSocket, "emit">);
}

function overTheWire(value: unknown): unknown {
  return JSON.parse(encodeJson(value));
}
