/** HTTP: JSON-RPC by POST, `/health` and `/metrics` by GET. Whatever comes, the answer is JSON that says what was expected. */
import { Hono, type Context } from "hono";
import { errorText } from "../json-rpc/message.ts";
import { rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import type { RpcDispatcher } from "../json-rpc/rpc-dispatcher.ts";
import type { AccessRule } from "./access-rules.ts";

/** What `/health` shows; 503 where `isHealthy` is false. */
export interface HealthReport {
  readonly isHealthy: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What `/metrics` shows: Prometheus' text. */
export interface MetricsReport {
  readonly contentType: string;
  readonly body: string;
}

export interface HttpAppOptions {
  readonly dispatcher: RpcDispatcher;
  readonly mayUseHost: AccessRule;
  readonly mayUseOrigin: AccessRule;
  /** Bytes of one request. */
  readonly bodyBytes: number;
  readonly health: () => HealthReport | Promise<HealthReport>;
  /** Absent: `/metrics` is not found. */
  readonly metrics?: () => MetricsReport | Promise<MetricsReport>;
}

/** Makes the application. */
export function createHttpApp(options: HttpAppOptions): Hono {
  const { dispatcher, mayUseHost, mayUseOrigin, bodyBytes, health, metrics } = options;
  const app = new Hono();

  app.use(async (context, next) => {
    const host = context.req.header("host");
    if (!mayUseHost(host))
      return refuse(context, 403, `expected a Host of this machine or an allowed one, got ${JSON.stringify(host?.slice(0, 200) ?? "")}`);
    const origin = context.req.header("origin");
    if (!mayUseOrigin(origin)) {
      return refuse(
        context,
        403,
        `expected an Origin of this machine or an allowed one (corsOrigins), got ${JSON.stringify(origin?.slice(0, 200))}`,
      );
    }
    if (context.req.method === "OPTIONS") return preflight(context, origin);
    await next();
    if (origin !== undefined) {
      context.header("Access-Control-Allow-Origin", origin);
      context.header("Vary", "Origin");
    }
    return undefined;
  });

  app.get("/health", async (context) => {
    const { isHealthy, details } = await health();
    return context.json({ status: isHealthy ? "ok" : "failing", ...details }, isHealthy ? 200 : 503);
  });
  app.get("/metrics", async (context) => {
    if (metrics === undefined) return refuse(context, 404, "this node keeps no metrics");
    const { contentType, body } = await metrics();
    return context.body(body, 200, { "Content-Type": contentType });
  });
  app.post("/", async (context) => {
    const contentType = context.req.header("content-type") ?? "";
    // A page can send other types anywhere without asking (no preflight): they are refused although the body may be JSON.
    if (!/^application\/json\s*(?:;|$)/i.test(contentType)) {
      return refuse(context, 415, `expected the content type application/json, got ${JSON.stringify(contentType.slice(0, 100))}`);
    }
    const text = await readBody(context.req.raw, bodyBytes);
    if (text === undefined)
      return refuse(context, 413, `expected a request of at most ${bodyBytes} bytes, got more`, rpcErrorCodes.limitExceeded);
    const reply = await dispatcher.receive(text);
    reply.sent();
    return reply.text === undefined ? context.body(null, 204) : context.body(reply.text, 200, { "Content-Type": "application/json" });
  });
  app.all("/", (context) => refuse(context, 405, `expected POST with a JSON-RPC request, or a WebSocket, got ${context.req.method}`));
  app.notFound((context) =>
    refuse(context, 404, `expected the path /, /health or /metrics, got ${JSON.stringify(context.req.path.slice(0, 200))}`),
  );
  app.onError((error, context) => refuse(context, 500, `internal error: ${error.message}`, rpcErrorCodes.internal));
  return app;
}

function preflight(context: Context, origin: string | undefined): Response {
  if (origin !== undefined) {
    context.header("Access-Control-Allow-Origin", origin);
    context.header("Vary", "Origin");
    context.header("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
    context.header("Access-Control-Allow-Headers", context.req.header("access-control-request-headers") ?? "content-type");
    context.header("Access-Control-Max-Age", "600");
    // Chrome asks this of servers on the loopback address.
    context.header("Access-Control-Allow-Private-Network", "true");
  }
  return context.body(null, 204);
}

function refuse(
  context: Context,
  status: 403 | 404 | 405 | 413 | 415 | 500,
  message: string,
  code: number = rpcErrorCodes.invalidRequest,
): Response {
  return context.body(errorText(null, code, message), status, { "Content-Type": "application/json" });
}

/** The body as text; undefined when it is longer than the limit, which is found out without reading it all. */
async function readBody(request: Request, limit: number): Promise<string | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) return undefined;
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > limit) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
