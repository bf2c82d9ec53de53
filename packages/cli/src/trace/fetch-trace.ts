/** Asks a node for the trace of a transaction. */
import { TriremeError } from "@trireme/core";
import type { TransactionTrace } from "@trireme/rpc";

/** Most milliseconds that a node may take: it runs the block again up to the transaction. */
const patience = 60_000;

/** Fetches a trace by either id. @throws TriremeError with one line for a person */
export async function fetchTrace(url: string, id: string): Promise<TransactionTrace> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "trireme_traceTransaction", params: [id] });
  const answer = await post(url, body);
  if (typeof answer !== "object" || answer === null) return refuse(url, answer);
  const { error, result } = answer as { readonly error?: { readonly message?: unknown }; readonly result?: unknown };
  if (error !== undefined) throw new TriremeError("INVALID_ARGUMENT", `${url} answers: ${String(error.message)}`);
  return isTrace(result) ? result : refuse(url, result);
}

async function post(url: string, body: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(patience),
    });
    return await response.json();
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);
    throw new TriremeError("INVALID_ARGUMENT", `--rpc-url: expected a Trireme node at ${url}, got: ${reason}`, { cause });
  }
}

function isTrace(value: unknown): value is TransactionTrace {
  const { trace, failedAt, hash } = (value ?? {}) as Partial<Record<keyof TransactionTrace, unknown>>;
  const isPath = failedAt === null || Array.isArray(failedAt);
  return typeof hash === "string" && isPath && typeof (trace as { gas?: unknown } | undefined)?.gas === "string";
}

function refuse(url: string, got: unknown): never {
  throw new TriremeError(
    "INVALID_ARGUMENT",
    `--rpc-url: expected the trace of a transaction from ${url}, got ${JSON.stringify(got)?.slice(0, 100)}`,
  );
}
