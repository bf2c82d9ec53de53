/** The server: HTTP and WebSocket on one port, bound to the loopback address unless told otherwise. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { TriremeError } from "@trireme/core";
import type { RpcDispatcher } from "../json-rpc/rpc-dispatcher.ts";
import { createHostRule, createOriginRule } from "./access-rules.ts";
import { createHttpApp, type HealthReport, type MetricsReport } from "./http-app.ts";
import { createSocketServer, type SocketLimits } from "./socket-server.ts";

/** Bounds of the server; those on methods are the dialect's. */
export interface RpcServerLimits extends SocketLimits {
  /** How long `close` waits for requests that run. */
  readonly closeMilliseconds: number;
}

/** Bounds that suit one machine. */
export const defaultRpcServerLimits: RpcServerLimits = {
  bodyBytes: 8 * 1024 * 1024,
  sockets: 1_000,
  socketBufferBytes: 32 * 1024 * 1024,
  socketRequests: 256,
  pingMilliseconds: 30_000,
  closeMilliseconds: 2_000,
};

export interface RpcServerOptions {
  readonly dispatcher: RpcDispatcher;
  /** Address to bind to; 127.0.0.1 by default. */
  readonly host?: string;
  /** 0 takes any free one; 8545 by default. */
  readonly port?: number;
  /** Origins of pages that may talk to this port, beside those of this machine and wallet extensions; `*` for all. */
  readonly corsOrigins?: readonly string[];
  /** Host headers that are taken, beside the loopback names and `host`; `*` for all. */
  readonly allowedHosts?: readonly string[];
  readonly limits?: Partial<RpcServerLimits>;
  readonly health?: () => HealthReport | Promise<HealthReport>;
  readonly metrics?: () => MetricsReport | Promise<MetricsReport>;
}

/** A server that listens. */
export interface RpcServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port` */
  readonly url: string;
  /** `ws://host:port` */
  readonly webSocketUrl: string;
  /** Open WebSockets. */
  readonly socketCount: number;
  /** Takes nothing more, lets what runs finish, and closes. */
  close(): Promise<void>;
}

/** Starts a server. @throws (rejects) TriremeError `PORT_IN_USE`, or `INVALID_CONFIGURATION` for an address that cannot be bound */
export async function createRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { dispatcher, host = "127.0.0.1", port = 8545 } = options;
  const limits: RpcServerLimits = { ...defaultRpcServerLimits, ...options.limits };
  const mayUseHost = createHostRule(host, options.allowedHosts ?? []);
  const mayUseOrigin = createOriginRule(options.corsOrigins ?? []);
  const app = createHttpApp({
    dispatcher,
    mayUseHost,
    mayUseOrigin,
    bodyBytes: limits.bodyBytes,
    health: options.health ?? (() => ({ isHealthy: true, details: {} })),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
  });
  const handle = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  // Longer than a long call: a client's next request waits in a connection that looks idle while the thread is busy.
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => void handle(request, response));
  const sockets = createSocketServer({ server, dispatcher, mayUseHost, mayUseOrigin, limits });
  const address = await listen(server, host, port);
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;

  let closing: Promise<void> | undefined;
  return {
    host: address.address,
    port: address.port,
    url: `http://${name}:${address.port}`,
    webSocketUrl: `ws://${name}:${address.port}`,
    get socketCount() {
      return sockets.count;
    },
    close() {
      closing ??= close(server, sockets, limits.closeMilliseconds);
      return closing;
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen({ host, port }, () => resolve(server.address() as AddressInfo));
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): TriremeError {
  if (error.code === "EADDRINUSE") {
    return new TriremeError("PORT_IN_USE", `port ${port} on ${host} is in use: stop what listens there, or choose another port`, {
      cause: error,
      details: { host, port },
    });
  }
  return new TriremeError("INVALID_CONFIGURATION", `expected an address to listen on, got ${host} port ${port}: ${error.message}`, {
    cause: error,
  });
}

async function close(
  server: Server,
  sockets: { close(graceMilliseconds: number): Promise<void> },
  graceMilliseconds: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
  await sockets.close(graceMilliseconds);
  await closed;
  clearTimeout(timer);
}
