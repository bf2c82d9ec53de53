import { request as httpRequest } from "node:http";
import { connect as connectTcp } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createRpcDispatcher } from "../json-rpc/rpc-dispatcher.ts";
import type { RpcMethod } from "../json-rpc/rpc-method.ts";
import { createRpcServer, type RpcServer } from "./rpc-server.ts";

const methods = new Map<string, RpcMethod>([
  ["echo", (params) => params],
  ["later", (params) => new Promise((resolve) => setTimeout(() => resolve(params), 1))],
  [
    "flood",
    (_params, { session }) => {
      for (let index = 0; index < 64; index++) session?.notify("flooded", "x".repeat(1_000_000));
      return true;
    },
  ],
]);
const dispatcher = createRpcDispatcher({ methods });
let server: RpcServer;

beforeAll(async () => {
  server = await createRpcServer({
    dispatcher,
    port: 0,
    corsOrigins: ["https://app.example"],
    allowedHosts: ["node.example"],
    limits: { bodyBytes: 10_000, socketBufferBytes: 4_000_000, socketRequests: 4 },
    metrics: () => ({ contentType: "text/plain; version=0.0.4", body: "blocks 1\n" }),
  });
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One HTTP request, with whatever headers: fetch would not let a Host or Origin through. */
function send(options: {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "POST", path = "/", headers = {}, body = "" } = options;
    const request = httpRequest(
      { host: server.host, port: server.port, method, path, headers: { "content-type": "application/json", ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

const echo = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "echo", params: [1] });
const echoed = { jsonrpc: "2.0", id: 1, result: [1] };

/** Opens a WebSocket; gives the status instead where it is refused. */
function connect(options: { readonly headers?: Record<string, string> } = {}): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(server.webSocketUrl, options);
    socket.once("open", () => resolve(socket));
    socket.once("unexpected-response", (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on("error", (error) => reject(error));
  });
}

function next(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve) => socket.once("message", (message: Buffer) => resolve(JSON.parse(message.toString()))));
}

describe("HTTP", () => {
  it("answers a request, a batch and a notification", async () => {
    expect(JSON.parse((await send({ body: echo })).body)).toEqual(echoed);
    expect(JSON.parse((await send({ body: `[${echo},${echo}]` })).body)).toEqual([echoed, echoed]);
    expect(await send({ body: '{"jsonrpc":"2.0","method":"echo"}' })).toMatchObject({ status: 204, body: "" });
  });

  it("answers JSON-RPC errors with status 200, as clients expect", async () => {
    for (const body of ["", "{", "[]", '{"jsonrpc":"2.0","id":1,"method":"x"}']) {
      const answer = await send({ body });
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({ jsonrpc: "2.0", error: { code: expect.any(Number) } });
    }
  });

  it.each([
    ["a wrong content type", { headers: { "content-type": "text/plain" }, body: echo }, 415, "application/json"],
    ["no content type", { headers: { "content-type": "" }, body: echo }, 415, "application/json"],
    ["a body that says it is too long", { body: JSON.stringify("x".repeat(10_000)) }, 413, "at most 10000 bytes"],
    [
      "a body that turns out too long",
      { headers: { "transfer-encoding": "chunked" }, body: JSON.stringify("x".repeat(20_000)) },
      413,
      "at most 10000 bytes",
    ],
    ["GET", { method: "GET" }, 405, "expected POST"],
    ["PUT", { method: "PUT", body: echo }, 405, "expected POST"],
    ["another path", { path: "/rpc", body: echo }, 404, "/health"],
    ["another Host (DNS rebinding)", { headers: { host: "evil.example" }, body: echo }, 403, "evil.example"],
    ["a Host that begins like ours", { headers: { host: "localhost.evil.example:8545" }, body: echo }, 403, "evil.example"],
    ["another Origin", { headers: { origin: "https://evil.example" }, body: echo }, 403, "corsOrigins"],
    ["a null Origin", { headers: { origin: "null" }, body: echo }, 403, "null"],
  ])("refuses %s, in JSON", async (_name, options, status, message) => {
    const answer = await send(options);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ jsonrpc: "2.0", id: null, error: { message: expect.stringContaining(message) } });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it.each(["localhost:1", "127.0.0.1", "[::1]:8545", "node.example", "LOCALHOST:99"])("takes the Host %s", async (host) => {
    expect((await send({ headers: { host }, body: echo })).status).toBe(200);
  });

  it.each([
    "http://localhost:3000",
    "https://127.0.0.1",
    "http://[::1]:5173",
    "https://app.example",
    "chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn",
    "moz-extension://x",
  ])("takes the Origin %s, and lets it read", async (origin) => {
    const answer = await send({ headers: { origin }, body: echo });
    expect(answer).toMatchObject({ status: 200, headers: { "access-control-allow-origin": origin, vary: "Origin" } });
    const preflight = await send({ method: "OPTIONS", headers: { origin, "access-control-request-headers": "content-type,x-own" } });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": origin, "access-control-allow-headers": "content-type,x-own" },
    });
  });

  it("goes on when a client hangs up in the middle", async () => {
    const socket = connectTcp(server.port, server.host);
    socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
    await new Promise((resolve) => setTimeout(resolve, 10));
    socket.destroy();
    expect(JSON.parse((await send({ body: echo })).body)).toEqual(echoed);
  });

  it("shows health and metrics", async () => {
    expect(await send({ method: "GET", path: "/health" })).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    expect(await send({ method: "GET", path: "/metrics" })).toMatchObject({
      status: 200,
      body: "blocks 1\n",
      headers: { "content-type": "text/plain; version=0.0.4" },
    });
  });
});

describe("WebSocket", () => {
  it("answers on the same port, whatever comes", async () => {
    const socket = (await connect()) as WebSocket;
    for (const [text, expected] of [
      [echo, echoed],
      ["{", { error: { code: -32700 } }],
      [JSON.stringify("x".repeat(11_000)), { error: { code: -32005 } }],
      [`[${echo}]`, [echoed]],
    ] as const) {
      const answer = next(socket);
      socket.send(text);
      expect(await answer).toMatchObject(expected);
    }
    socket.close();
  });

  it("closes a connection whose message is far too long, and goes on", async () => {
    const socket = (await connect()) as WebSocket;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.send("x".repeat(50_000));
    expect(await closed).toBe(1009);
    expect(JSON.parse((await send({ body: echo })).body)).toEqual(echoed);
  });

  it("refuses other Hosts and Origins, and takes wallets", async () => {
    expect(await connect({ headers: { origin: "https://evil.example" } })).toBe(403);
    expect(await connect({ headers: { host: "evil.example" } })).toBe(403);
    const socket = await connect({ headers: { origin: "chrome-extension://abc" } });
    expect(socket).toBeInstanceOf(WebSocket);
    (socket as WebSocket).close();
  });

  it("answers a client that asks much at a time, a few at a time", async () => {
    const socket = (await connect()) as WebSocket;
    const answers: number[] = [];
    const done = new Promise<void>((resolve) => {
      socket.on("message", (message: Buffer) => {
        answers.push((JSON.parse(message.toString()) as { readonly id: number }).id);
        if (answers.length === 100) resolve();
      });
    });
    const ids = Array.from({ length: 100 }, (_, id) => id);
    for (const id of ids) socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: "later", params: [] }));
    await done;
    expect(answers.sort((left, right) => left - right)).toEqual(ids);
    socket.close();
  });

  it("cuts a client that does not read what it is sent", async () => {
    const socket = (await connect()) as WebSocket;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "flood", params: [] }));
    expect(await closed).toBe(1006);
    expect(JSON.parse((await send({ body: echo })).body)).toEqual(echoed);
  });
});

describe("the server", () => {
  it("names a port that is in use", async () => {
    await expect(createRpcServer({ dispatcher, port: server.port })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: `port ${server.port} on 127.0.0.1 is in use: stop what listens there, or choose another port`,
    });
  });

  it("names an address that is none of this machine", async () => {
    await expect(createRpcServer({ dispatcher, host: "203.0.113.1", port: 0 })).rejects.toMatchObject({ code: "INVALID_CONFIGURATION" });
  });

  it("says goodbye when it closes, and frees its port", async () => {
    const other = await createRpcServer({ dispatcher, port: 0 });
    const socket = new WebSocket(other.webSocketUrl);
    await new Promise((resolve) => socket.once("open", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await Promise.all([other.close(), other.close()]);
    expect(await closed).toBe(1001);
    const again = await createRpcServer({ dispatcher, port: other.port });
    await again.close();
  });
});

it("keeps idle connections for longer than a long call takes", async () => {
  const { headers } = await send({ body: '{"jsonrpc":"2.0","id":1,"method":"echo","params":[]}', headers: { connection: "keep-alive" } });
  expect(headers["keep-alive"]).toBe("timeout=65");
});
