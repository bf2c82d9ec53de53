/** WebSockets on the HTTP server's port: requests, and what subscriptions send. */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import { errorText } from "../json-rpc/message.ts";
import type { RpcDispatcher } from "../json-rpc/rpc-dispatcher.ts";
import { rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import { encodeJson } from "../json-rpc/encode-json.ts";
import { createRpcSession } from "../json-rpc/rpc-session.ts";
import type { AccessRule } from "./access-rules.ts";

export interface SocketServerOptions {
  readonly server: Server;
  readonly dispatcher: RpcDispatcher;
  readonly mayUseHost: AccessRule;
  readonly mayUseOrigin: AccessRule;
  readonly limits: SocketLimits;
}

/** Bounds on what one connection may hold. */
export interface SocketLimits {
  /** Bytes of one request. */
  readonly bodyBytes: number;
  /** Connections at one time. */
  readonly sockets: number;
  /** Bytes that wait for a client that does not read; past it the connection is cut. */
  readonly socketBufferBytes: number;
  /** Requests of one connection that run at one time; past it nothing more is read. */
  readonly socketRequests: number;
  /** A connection that did not answer a ping for this long is cut. */
  readonly pingMilliseconds: number;
}

/** Open connections. */
export interface SocketServer {
  readonly count: number;
  /** Says goodbye to every client, and cuts those that do not answer in time. */
  close(graceMilliseconds: number): Promise<void>;
}

/** Listens for upgrades on a server. */
export function createSocketServer(options: SocketServerOptions): SocketServer {
  const { server, dispatcher, mayUseHost, mayUseOrigin, limits } = options;
  // Twice the limit: a request that is a little too long still gets an answer that says so.
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.bodyBytes * 2, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();

  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", () => stream.destroy());
    if (!mayUseHost(request.headers.host)) return refuse(stream, 403, "expected a Host of this machine or an allowed one");
    // No browser asks before it opens a WebSocket: the Origin is all there is to go by.
    if (!mayUseOrigin(request.headers.origin))
      return refuse(stream, 403, "expected an Origin of this machine or an allowed one (corsOrigins)");
    if (sockets.clients.size >= limits.sockets) return refuse(stream, 503, `expected at most ${limits.sockets} connections`);
    return sockets.handleUpgrade(request, stream, head, (socket) => {
      alive.add(socket);
      socket.on("pong", () => alive.add(socket));
      serve(socket, dispatcher, limits);
    });
  });

  const pinging = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, limits.pingMilliseconds);
  pinging.unref();

  return {
    get count() {
      return sockets.clients.size;
    },
    async close(graceMilliseconds) {
      clearInterval(pinging);
      const closed = [...sockets.clients].map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
      for (const socket of sockets.clients) socket.close(1001, "the server is shutting down");
      const timer = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, graceMilliseconds);
      await Promise.all(closed);
      clearTimeout(timer);
      sockets.close();
    },
  };
}

function serve(socket: WebSocket, dispatcher: RpcDispatcher, limits: SocketLimits): void {
  let running = 0;

  function send(text: string): void {
    if (socket.readyState !== socket.OPEN) return;
    // A client that does not read must not fill the node's memory.
    if (socket.bufferedAmount > limits.socketBufferBytes) socket.terminate();
    else socket.send(text);
  }

  const session = createRpcSession((method, params) => send(encodeJson({ jsonrpc: "2.0", method, params })));

  async function answer(message: RawData): Promise<void> {
    const bytes = Buffer.isBuffer(message) ? message : Buffer.concat(Array.isArray(message) ? message : [Buffer.from(message)]);
    if (bytes.length > limits.bodyBytes) {
      send(errorText(null, rpcErrorCodes.limitExceeded, `expected a request of at most ${limits.bodyBytes} bytes, got ${bytes.length}`));
      return;
    }
    const reply = await dispatcher.receive(bytes.toString("utf8"), session);
    if (reply.text !== undefined) send(reply.text);
    reply.sent();
  }

  socket.on("message", (message: RawData) => {
    if (++running >= limits.socketRequests) socket.pause();
    void answer(message).finally(() => {
      if (running-- >= limits.socketRequests) socket.resume();
    });
  });
  // ws closes the connection itself after a protocol error or a message past its limit.
  socket.on("error", () => undefined);
  socket.on("close", () => session.close());
}

function refuse(stream: Duplex, status: 403 | 503, message: string): void {
  const body = errorText(null, rpcErrorCodes.invalidRequest, message);
  const reason = status === 403 ? "Forbidden" : "Service Unavailable";
  stream.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
